// Topics and regions, kept so that they can be read without a connection.
const api = require('./api')
const store = require('./store')
const words = require('./words')

function list(name) {
  return api.call(name).then(
    rows => {
      store.put('lists', name, rows)
      return rows
    },
    refused => {
      const kept = store.get('lists', {})[name]
      if (kept) return kept
      throw refused
    }
  )
}

/** The name of a row in the language of the phone. */
function named(row, field = 'name') {
  return row[`${field}_${words.language()}`]
}

module.exports = { list, named }
