// Moments as people here read them: the clock of Beijing, whatever the phone is set to.
const OFFSET = 8 * 3600 * 1000

function shown(iso) {
  if (!iso) return ''
  return new Date(new Date(iso).getTime() + OFFSET).toISOString().slice(0, 16).replace('T', ' ')
}

function past(iso, now) {
  return new Date(iso).getTime() <= now
}

module.exports = { shown, past }
