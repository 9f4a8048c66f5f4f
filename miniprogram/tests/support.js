// Pages and components in plain node, WeChat's own functions as stubs of ours: a store, a desk that answers as told.
const path = require('node:path')
const { JSDOM } = require('jsdom')

const dom = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/' })
for (const name of ['document', 'HTMLElement', 'Node', 'Event', 'CustomEvent', 'MutationObserver']) global[name] = dom.window[name]
global.window = dom.window
global.requestAnimationFrame = window.requestAnimationFrame = run => setTimeout(run, 0)

const simulate = require('miniprogram-simulate')
const ROOT = path.join(__dirname, '..')
const PREFIX = '/api/v1'

/** What one test sees of the phone: what was kept, asked, sent, and where the program went. */
const phone = {}

function reset() {
  Object.assign(phone, {
    kept: {}, asked: [], uploads: [], went: [], modals: [], desk: {}, language: 'zh_CN', agree: true, consent: 'accept', chosen: [], saved: 0
  })
  require('../utils/api').WAITS.splice(0, 9, 0, 0)
}

/** Say how the desk answers: a list is used up one by one, its last answer stays; `null` is a lost connection. */
function answers(table) {
  Object.assign(phone.desk, table)
}

function answer(options, method) {
  const url = new URL(options.url)
  const key = `${method} ${url.pathname.replace(PREFIX, '')}`
  const entry = { key, query: Object.fromEntries(url.searchParams), data: options.data, header: options.header, file: options.filePath }
  phone.asked.push(entry)
  const line = phone.desk[key]
  if (line === undefined) return { statusCode: 404, data: { code: 'not_found', message: 'nothing here', fields: {} } }
  const said = Array.isArray(line) ? (line.length > 1 ? line.shift() : line[0]) : line
  return typeof said === 'function' ? said(entry) : said
}

function respond(options, method, shape = data => data) {
  const said = answer(options, method)
  setImmediate(() => (said === null
    ? options.fail({ errMsg: 'request:fail' })
    : options.success(Object.assign({}, said, { data: shape(said.data) }))))
}

const go = how => options => phone.went.push(`${how} ${options.url}`)

global.wx = {
  getStorageSync: name => (name in phone.kept ? JSON.parse(phone.kept[name]) : ''),
  setStorageSync: (name, value) => { phone.kept[name] = JSON.stringify(value) },
  removeStorageSync: name => { delete phone.kept[name] },
  getAppBaseInfo: () => ({ language: phone.language }),
  setNavigationBarTitle: options => { phone.title = options.title },
  setTabBarItem: options => phone.went.push(`tab ${options.index} ${options.text}`),
  stopPullDownRefresh: () => {},
  navigateTo: go('to'), redirectTo: go('redirect'), switchTab: go('tab'), reLaunch: go('launch'),
  showModal: options => { phone.modals.push(options); options.success({ confirm: phone.agree }) },
  setClipboardData: options => { phone.copied = options.data },
  request: options => respond(options, options.method),
  uploadFile: options => respond(options, 'POST', data => JSON.stringify(data)),
  login: options => options.success({ code: 'login-code' }),
  requestSubscribeMessage: options => options.success({ [options.tmplIds[0]]: phone.consent }),
  chooseMedia: options => options.success({ tempFiles: phone.chosen.map(tempFilePath => ({ tempFilePath })) }),
  chooseLocation: options => options.success({ name: '中央大街 1 号', address: '道里区' }),
  getFileSystemManager: () => ({
    saveFile: options => options.success({ savedFilePath: `store/kept-${phone.saved += 1}.jpg` }),
    removeSavedFile: options => phone.went.push(`removed ${options.filePath}`)
  })
}

/** Render a page or component by its folder. */
function render(folder, properties) {
  const id = simulate.load(path.join(ROOT, folder, 'index'), { less: false, rootPath: ROOT })
  const shown = simulate.render(id, properties)
  shown.attach(document.body)
  return shown
}

async function settled() {
  for (let turn = 0; turn < 40; turn += 1) await new Promise(resolve => setTimeout(resolve, 0))
}

/** Open a page as WeChat does. */
async function open(name, query = {}) {
  const page = render(`pages/${name}`)
  if (page.instance.onLoad) page.instance.onLoad(query)
  if (page.instance.onShow) page.instance.onShow()
  await settled()
  return page
}

/** Tap what a person would tap; it has to be there. */
async function tap(page, selector, index = 0) {
  const found = page.querySelectorAll(selector)[index]
  if (!found) throw new Error(`nothing to tap: ${selector}`)
  found.dispatchEvent('tap')
  await settled()
}

/** Type into the field of a page that has this name. */
async function type(page, name, value) {
  const field = page.querySelector(`.f-${name}`)
  if (!field) throw new Error(`no field: ${name}`)
  field.querySelector('.box').dispatchEvent('input', { detail: { value } })
  await settled()
}

const kept = name => (name in phone.kept ? JSON.parse(phone.kept[name]) : undefined)
const text = page => page.dom.textContent
const asked = key => phone.asked.filter(one => one.key === key)

reset()
module.exports = { phone, reset, answers, render, open, tap, type, settled, kept, text, asked }
