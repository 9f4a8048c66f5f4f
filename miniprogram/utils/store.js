// What the phone keeps between two openings. Names: draft, pending, uploads, mine, said, tokens, lists, language,
// enterprise (the one acted for), tail (a request whose telephone is asked for), notice (a sentence for the page that comes next).
function get(name, otherwise) {
  const kept = wx.getStorageSync(name)
  return kept === '' || kept === undefined || kept === null ? otherwise : kept
}

function set(name, value) {
  wx.setStorageSync(name, value)
}

function drop(name) {
  wx.removeStorageSync(name)
}

/** Change one entry of a kept object; `undefined` takes it out. */
function put(name, entry, value) {
  const kept = Object.assign({}, get(name, {}))
  if (value === undefined) delete kept[entry]
  else kept[entry] = value
  set(name, kept)
}

module.exports = { get, set, drop, put }
