// Pictures: chosen, put where the system does not clear them away, and sent one after the other until they are in.
const api = require('./api')
const session = require('./session')
const store = require('./store')

const MOST = 9
let sending = null

function choose(count) {
  return new Promise(resolve => {
    wx.chooseMedia({
      count,
      mediaType: ['image'],
      sizeType: ['compressed'],
      success: answer => Promise.all(answer.tempFiles.map(one => keep(one.tempFilePath))).then(resolve),
      fail: () => resolve([])
    })
  })
}

function keep(path) {
  return new Promise(resolve => {
    wx.getFileSystemManager().saveFile({
      tempFilePath: path,
      success: answer => resolve(answer.savedFilePath),
      fail: () => resolve(path)
    })
  })
}

function remove(path) {
  wx.getFileSystemManager().removeSavedFile({ filePath: path, fail: () => {} })
}

/** Note pictures for a request; `flush` sends them. */
function queue(number, paths) {
  store.set('uploads', store.get('uploads', []).concat(paths.map(path => ({ number, path }))))
}

function waiting(number) {
  return store.get('uploads', []).filter(one => one.number === number)
}

function settle(entry) {
  store.set('uploads', store.get('uploads', []).filter(one => one.path !== entry.path))
  remove(entry.path)
}

function base(path) {
  return path.split('/').pop()
}

/**
 * Send what waits for a request; `names` are the files that the desk has, for an answer may have been lost.
 * Resolves to the sentences of those that were refused; the rest waits for the next time.
 */
function flush(number, names = []) {
  if (!sending) sending = next(number, names, []).finally(() => { sending = null })
  return sending
}

function next(number, names, refusals) {
  const entry = waiting(number)[0]
  if (!entry) return Promise.resolve(refusals)
  if (names.includes(base(entry.path))) {
    settle(entry)
    return next(number, names, refusals)
  }
  return session.ticket(number).then(token => api.upload(entry.path, token)).then(
    () => {
      settle(entry)
      return next(number, names, refusals)
    },
    refused => {
      if (![409, 413, 415, 422].includes(refused.status)) throw refused
      settle(entry)
      return next(number, names, refusals.concat(refused.fields.files || refused.message))
    }
  )
}

module.exports = { MOST, choose, remove, queue, waiting, flush }
