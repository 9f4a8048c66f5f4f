// Ticket numbers in the one form in which this phone keeps them, however they were typed or came in a link.
function shown(number) {
  const digits = number.replace(/\D/g, '')
  return digits.length === 13 ? `${digits.slice(0, 6)}-${digits.slice(6, 12)}-${digits.slice(12)}` : number.trim()
}

module.exports = { shown }
