// A request on its way: kept with its key until the desk has said yes or no, so that it comes in once and only once.
const api = require('./api')
const photos = require('./photos')
const session = require('./session')
const store = require('./store')

/** The desk read it and took nothing in: the enterprise may change it, under a new key. */
const FINAL = [400, 409, 413, 415, 422]

function fresh() {
  const part = () => Math.random().toString(36).slice(2, 12)
  return `${Date.now().toString(36)}-${part()}-${part()}`
}

function pending() {
  return store.get('pending', null)
}

/** Put a request in the way out, for an enterprise or nobody; what is already there goes first and stays as it is. */
function prepare(values, paths, enterprise = '') {
  if (!pending()) store.set('pending', { key: fresh(), values, paths, enterprise })
}

/** Send what is on its way out; resolves to its receipt. */
function send() {
  const out = pending()
  return session.wechat().then(token => post(out, token, out.enterprise ? session.person() : '')).then(
    receipt => taken(out, receipt),
    refused => {
      if (FINAL.includes(refused.status)) store.drop('pending')
      throw refused
    }
  )
}

/** A login that has ended costs what hangs on it, messages or the account, and never the request. */
function post(out, token, account) {
  const whose = account ? { account, account_enterprise: out.enterprise } : {}
  return api.call('submit', Object.assign({}, out.values, whose), { key: out.key, token }).then(
    receipt => Object.assign(receipt, { told: Boolean(token) }),
    refused => {
      if (refused.fields.account && account) return post(out, token, '')
      if (refused.status !== 401 || !token) throw refused
      session.drop('wechat')
      return post(out, '', account)
    }
  )
}

function taken(out, receipt) {
  session.remember({
    number: receipt.number,
    password: receipt.password || '',
    subject: out.values.subject || out.values.body.slice(0, 30),
    told: receipt.told,
    taken: receipt.own ? out.enterprise : undefined
  })
  photos.queue(receipt.number, out.paths)
  store.drop('pending')
  store.drop('draft')
  return Object.assign(receipt, { report: out.values.type === 'report' })
}

module.exports = { pending, prepare, send }
