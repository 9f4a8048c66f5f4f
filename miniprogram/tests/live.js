// The program's own way through a real desk: `node live.js BASE FOLDER PHONE CODE NOW`; says what it saw as JSON.
// WeChat's functions are played by fetch; the first answer to the request is thrown away, as a bad line does.
const fs = require('node:fs')
const path = require('node:path')

const [base, folder, phone, code, now] = process.argv.slice(2)
const config = require('../config')
config.base = base
const kept = {}
let losing = true
// The phone's clock shows what the desk's does.
Date.now = () => new Date(now).getTime()

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
  return options.success({ ...answer, data: answer.data && JSON.parse(answer.data) })
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

/** The account, from the code to the telephone until signing out; `receipt` is taken over into it. */
async function account(receipt) {
  await session.signIn(phone, code)
  const ask = session.ask
  const [enterprise] = (await ask('account')).enterprises
  const before = await ask('ownRequests', { which: '' })
  const claimed = await ask('claim', { number: receipt.number, password: receipt.password, enterprise: enterprise.register_code })
  session.forget(receipt.number)
  const token = await session.ticket(receipt.number)
  const opened = await api.call('read', {}, { token })
  const invited = await ask('invite', { name: '小李', phone: '13604509999', role: 'clerk', enterprise: '' })
  const people = await ask('people', { enterprise: '' })
  await ask('revoke', { invitation_id: people.invitations[0].id })
  const missing = await ask('settle', { name: '吴丹', email: '', told_by: ['mail'], wechat: '' }).catch(refused => Object.keys(refused.fields))
  const settled = await ask('settle', { name: '吴丹', email: 'wu@example.com', told_by: ['mail'], wechat: '' })
  submission.prepare({ body: '第四件：消防验收。', topic_code: 'T0101', phone: '13904510021', locale: 'zh' }, [], enterprise.register_code)
  const sent = await submission.send()
  const listed = await ask('ownRequests', { which: '' })
  const call = await ask('askCall', { register_code: enterprise.register_code, name: enterprise.name })
  const out = await session.signOut()
  const after = [await ask('account').catch(refused => refused.kind), await api.call('read', {}, { token }).catch(refused => refused.status)]
  return {
    enterprise: enterprise.name, before: before.requests.length, claimed: claimed.number, opened: opened.number, invited: invited.name,
    people: people.members.length, missing, told_by: settled.told_by, sent: sent.own, listed: listed.requests.length, call: call.name, out, after, mine: session.mine().length
  }
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
  const mine = session.mine().length
  const own = await account(await submitted('第三件：供电报装。', []))
  console.log(JSON.stringify({
    repeated, refusals, files: read.files.map(one => one.name), before: read.steps, after: after.steps, stale, wrong,
    departments: new Set(topics.map(one => one.line_zh)).size, articles: articles.length, mine, own
  }))
}

main()
