// The three keys of the desk: who this is by WeChat, one request by number and query password, and a person of an
// enterprise, who opens each of its requests without a password.
const api = require('./api')
const moments = require('./moments')
const store = require('./store')

/** A minute early, so that a token does not end on its way. */
const MARGIN = 60 * 1000

function held(name) {
  const kept = store.get('tokens', {})[name]
  return kept && !moments.past(kept.expires_at, Date.now() + MARGIN) ? kept.token : ''
}

function hold(name, answer) {
  store.put('tokens', name, answer)
  return answer.token
}

/** The token of WeChat's login, or nothing where there is none to be had: a telephone does as well. */
function wechat() {
  const kept = held('wechat')
  if (kept) return Promise.resolve(kept)
  return new Promise(resolve => {
    wx.login({
      success: answer => api.call('login', { code: answer.code })
        .then(said => resolve(hold('wechat', said)), () => resolve('')),
      fail: () => resolve('')
    })
  })
}

/** Open a request and remember it on this phone. */
function open(number, password, tail = '') {
  return api.call('open', { number, password, phone_tail: tail }).then(said => {
    remember({ number, password })
    return hold(number, said)
  })
}

/** A new password through the telephone on file; it opens at once and stays on this phone. */
function renew(number, code) {
  return api.call('newPassword', { number, code }).then(said => {
    drop(said.number)
    remember({ number: said.number, password: said.password })
    return said
  })
}

/** The token of a remembered request, or of one that the person who has signed in may open. */
function ticket(number) {
  const kept = held(number)
  if (kept) return Promise.resolve(kept)
  const known = mine().find(one => one.number === number)
  if (known && known.password) return open(number, known.password)
  if (signedIn()) return ask('openOwn', { number }).then(said => hold(number, said))
  return Promise.reject(closed())
}

function closed() {
  return { kind: 'closed', status: 401, message: '', fields: {}, after: 0 }
}

function drop(name) {
  store.put('tokens', name, undefined)
}

function mine() {
  return store.get('mine', [])
}

/** Put a request first in the list of this phone; what is known of it already stays. */
function remember(entry) {
  const known = mine().find(one => one.number === entry.number) || {}
  store.set('mine', [Object.assign({}, known, entry), ...mine().filter(one => one.number !== entry.number)])
}

/** Leave nothing of a request on this phone. */
function forget(number) {
  store.set('mine', mine().filter(one => one.number !== number))
  store.set('uploads', store.get('uploads', []).filter(one => one.number !== number))
  store.put('said', number, undefined)
  drop(number)
}

/** The token of the person who has signed in, or nothing. */
function person() {
  return held('person')
}

function signedIn() {
  return Boolean(person())
}

/** Exchange the code that came to the telephone. */
function signIn(phone, code) {
  return api.call('signIn', { phone, code }).then(said => hold('person', said))
}

/** Ask as the person who has signed in; a token that the desk no longer takes is put away. */
function ask(name, values) {
  const token = person()
  if (!token) return Promise.reject(closed())
  return api.call(name, values, { token }).catch(refused => {
    if (refused.status !== 401) throw refused
    end()
    throw closed()
  })
}

/** Put away every token that the person opened; what was typed stays, for the session may just have run out. */
function end() {
  const { wechat } = store.get('tokens', {})
  store.set('tokens', wechat ? { wechat } : {})
}

/** Leave nothing of the account on this phone, connected or not; resolves to whether the desk knows of it. */
function signOut() {
  const token = person()
  const numbers = mine().map(one => one.number)
  const said = store.get('said', {})
  end()
  store.drop('enterprise')
  store.set('uploads', store.get('uploads', []).filter(one => numbers.includes(one.number)))
  Object.keys(said).filter(number => !numbers.includes(number)).forEach(number => store.put('said', number, undefined))
  return api.call('signOut', {}, { token }).then(() => true, refused => refused.status === 401)
}

module.exports = { wechat, open, renew, ticket, drop, mine, remember, forget, person, signedIn, signIn, ask, signOut }
