// The program's own way through a real desk: `node live.js BASE FOLDER`; says what it saw as JSON.
// WeChat's functions are played by fetch; the first answer to the request is thrown away, as a bad line does.
const fs = require('node:fs')
const path = require('node:path')

const [base, folder] = process.argv.slice(2)
const config = require('../config')
config.base = base
const kept = {}
let losing = true

async function told(answer) {
  const body = await answer.text()
  return { statusCode: answer.status, data: body, header: Object.fromEntries(answer.headers) }
}

async function request(options) {
  const headers = { ...options.header, ...(options.data ? { 'Content-Type': 'application/json' } : {}) }
  const answer = await told(await fetch(options.url, { method: options.method, headers, body: options.data && JSON.stringify(options.data) }))
  if (options.url.endsWith('/requests') && losing) {
    losing = false
    return options.fail({ errMsg: 'request:fail' })
  }
  return options.success({ ...answer, data: JSON.parse(answer.data) })
}

async function uploadFile(options) {
  const form = new FormData()
  form.append(options.name, new Blob([fs.readFileSync(options.filePath)]), path.basename(options.filePath))
  options.success(await told(await fetch(options.url, { method: 'POST', headers: options.header, body: form })))
}

global.wx = {
  getStorageSync: name => (name in kept ? JSON.parse(kept[name]) : ''),
  setStorageSync: (name, value) => { kept[name] = JSON.stringify(value) },
  removeStorageSync: name => { delete kept[name] },
  getAppBaseInfo: () => ({ language: 'zh_CN' }),
  login: options => options.fail(),
  getFileSystemManager: () => ({ removeSavedFile: () => {} }),
  request,
  uploadFile
}

const api = require('../utils/api')
const photos = require('../utils/photos')
const session = require('../utils/session')
const submission = require('../utils/submission')
api.WAITS.splice(0, 9, 0, 0)

async function submitted(body, paths) {
  submission.prepare({ body, phone: '13904510021', topic_code: 'T0101', locale: 'zh' }, paths)
  return submission.send()
}

async function main() {
  const repeated = await submitted('餐饮复工备案还缺什么材料？', [])
  const note = path.join(folder, 'note.txt')
  fs.writeFileSync(note, '附上说明。')
  const receipt = await submitted('第二件：招标保证金没有退。', [note])
  const refusals = await photos.flush(receipt.number)
  const ask = async (name, values) => api.call(name, values, { token: await session.ticket(receipt.number) })
  const read = await ask('read')
  await ask('withdrawals', { text: '已解决', version: read.version })
  const stale = await ask('withdrawals', { text: '再撤', version: read.version }).catch(refused => refused.status)
  const wrong = await session.open(receipt.number, '000000').catch(refused => refused.kind)
  const topics = await api.call('topics')
  const articles = await api.call('articles', { kind: 'policy' })
  const after = await ask('read')
  console.log(JSON.stringify({
    repeated, refusals, files: read.files.map(one => one.name), before: read.steps, after: after.steps, stale, wrong,
    departments: new Set(topics.map(one => one.line_zh)).size, articles: articles.length, mine: session.mine().length
  }))
}

main()
