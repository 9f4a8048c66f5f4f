// Speaks with the desk. A refusal is an object {kind, status, message, fields, after}: `offline` when nothing came
// back, `away` when the desk could not answer now, `refused` when it answered and said no.
const config = require('../config')
const door = require('./door')
const words = require('./words')

const PREFIX = '/api/v1'
/** Milliseconds before the second and the third try. */
const WAITS = [600, 1800]
const AWAY = [502, 503, 504]

function address(name, values) {
  const path = door[name].path.replace(/\{(\w+)\}/g, (whole, field) => encodeURIComponent(values[field]))
  const query = door[name].query
    .filter(field => values[field] !== undefined && values[field] !== '')
    .map(field => `${field}=${encodeURIComponent(values[field])}`)
  return config.base + PREFIX + path + (query.length ? `?${query.join('&')}` : '')
}

function headers(asked) {
  const said = { 'Accept-Language': words.language() }
  if (asked.token) said.Authorization = `Bearer ${asked.token}`
  if (asked.key) said['Idempotency-Key'] = asked.key
  return said
}

/** Keep the named fields of an object or of each in a list; a dot goes into a field. */
function keep(value, names) {
  if (Array.isArray(value)) return value.map(one => keep(one, names))
  if (value === null || typeof value !== 'object') return value
  const inner = {}
  names.forEach(name => {
    const [first, ...rest] = name.split('.')
    inner[first] = (inner[first] || []).concat(rest.length ? rest.join('.') : [])
  })
  const kept = {}
  Object.keys(inner).forEach(name => {
    if (value[name] !== undefined) kept[name] = inner[name].length ? keep(value[name], inner[name]) : value[name]
  })
  return kept
}

function header(answer, name) {
  const found = Object.keys(answer.header || {}).find(one => one.toLowerCase() === name)
  return found && answer.header[found]
}

function offline() {
  return { kind: 'offline', status: 0, message: words.table().offline, fields: {}, after: 0 }
}

function refusal(answer) {
  const said = answer.data && answer.data.message ? answer.data : { message: words.table().fault, fields: {} }
  return {
    kind: answer.statusCode >= 500 ? 'away' : 'refused',
    status: answer.statusCode,
    message: said.message,
    fields: said.fields || {},
    after: Number(header(answer, 'retry-after')) || 0
  }
}

function once(options) {
  return new Promise((resolve, reject) => {
    wx.request(Object.assign({
      dataType: 'json',
      timeout: 15000,
      success: answer => (answer.statusCode < 300 ? resolve(answer.data) : reject(refusal(answer))),
      fail: () => reject(offline())
    }, options))
  })
}

function again(options, waits) {
  return once(options).catch(refused => {
    const passing = refused.kind === 'offline' || AWAY.includes(refused.status)
    if (!passing || !waits.length) throw refused
    return new Promise(resolve => setTimeout(resolve, waits[0])).then(() => again(options, waits.slice(1)))
  })
}

/**
 * Ask the desk by a name of `door.js`. Only what may come in twice is tried again by itself: reading, and a
 * request with its key. A step is never repeated unasked; its text stays in the draft.
 */
function call(name, values = {}, asked = {}) {
  const known = door[name]
  const options = { url: address(name, values), method: known.method, header: headers(asked) }
  if (known.sends.length) options.data = keep(values, known.sends)
  const safe = known.method === 'GET' || Boolean(asked.key)
  return again(options, safe ? module.exports.WAITS : []).then(data => keep(data, known.reads))
}

/** Send one file of the phone to a request. */
function upload(path, token) {
  return new Promise((resolve, reject) => {
    wx.uploadFile({
      url: address('attach', {}),
      name: door.attach.sends[0],
      filePath: path,
      header: headers({ token }),
      timeout: 60000,
      success: answer => {
        const read = Object.assign({}, answer, { data: parsed(answer.data) })
        if (answer.statusCode < 300) resolve(keep(read.data, door.attach.reads))
        else reject(refusal(read))
      },
      fail: () => reject(offline())
    })
  })
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch (error) {
    return null
  }
}

/** Fetch a file of a request into the phone's own folder of passing files. */
function download(id, token) {
  return new Promise((resolve, reject) => {
    wx.downloadFile({
      url: address('download', { file_id: id }),
      header: headers({ token }),
      success: answer => (answer.statusCode === 200 ? resolve(answer.tempFilePath) : reject(refusal(answer))),
      fail: () => reject(offline())
    })
  })
}

module.exports = { call, upload, download, WAITS }
