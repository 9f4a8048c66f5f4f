// The hall, the news, the words, and how the desk is asked.
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const test = require('node:test')
const api = require('../utils/api')
const { WORDS } = require('../utils/words')
const { answers, asked, open, phone, render, reset, tap, text, settled } = require('./support')

const ROOT = path.join(__dirname, '..')
const OK = data => ({ statusCode: 200, data })
const topic = (code, name, line) => ({ code, name_zh: name, name_en: code, line, line_zh: `${line}厅`, line_en: line })
const TOPICS = [topic('T1', '复工备案', '商务'), topic('T2', '投标保证金', '住建'), topic('T3', '外贸', '商务')]
const line = number => ({ id: number * 10, number, title: `政策${number}`, kind_words: '惠企政策', source: '省政府', issued_on: '2020-06-01' })

test.beforeEach(reset)

test('the hall shows topics by department, and one tap begins a request on it', async () => {
  answers({ 'GET /topics': OK(TOPICS) })
  const page = await open('hall')
  assert.deepStrictEqual(page.data.groups.map(one => [one.name, one.topics.length]), [['商务厅', 2], ['住建厅', 1]])
  await tap(page, '.topic', 2)
  assert.deepStrictEqual(phone.went, ['to /pages/submit/index?topic=T2'])
})

test('the hall finds by topic and department, and offers a request where nothing fits', async () => {
  answers({ 'GET /topics': OK(TOPICS) })
  const page = await open('hall')
  page.querySelector('.find').dispatchEvent('input', { detail: { value: '保证金' } })
  await settled()
  assert.strictEqual(page.querySelectorAll('.topic').length, 1)
  page.querySelector('.find').dispatchEvent('input', { detail: { value: '没有的' } })
  await settled()
  assert.match(text(page), /没有找到合适的事项/)
})

test('the hall can be read without a connection once it was read', async () => {
  answers({ 'GET /topics': OK(TOPICS) })
  await open('hall')
  answers({ 'GET /topics': null })
  assert.strictEqual((await open('hall')).querySelectorAll('.topic').length, 3)
})

test('without a connection and nothing kept, one can try again', async () => {
  answers({ 'GET /topics': [null, null, null, OK(TOPICS)] })
  const page = await open('hall')
  assert.match(text(page), /没有连上网络/)
  page.instance.load()
  await settled()
  assert.strictEqual(page.querySelectorAll('.topic').length, 3)
})

test('news are listed by kind, page by page, and read', async () => {
  answers({ 'GET /articles': one => OK(one.query.before ? [line(1)] : [line(3), line(2)]) })
  const page = await open('news')
  await tap(page, '.more')
  assert.deepStrictEqual(page.data.rows.map(one => one.number), [3, 2, 1])
  await tap(page, '.chip', 1)
  assert.deepStrictEqual(asked('GET /articles').map(one => one.query), [{}, { before: '20' }, { kind: 'policy' }])
  await tap(page, '.article')
  assert.deepStrictEqual(phone.went, ['to /pages/article/index?number=3'])
})

test('an article says its source and leads to a request on its topic', async () => {
  answers({ 'GET /articles/3': OK({ title: '纾困二十条', kind_words: '惠企政策', body: '第一条', source: '省政府', source_url: 'https://a.b', issued_on: '2020-06-01', valid_until: null, topic_code: 'T1' }) })
  const page = await open('article', { number: '3' })
  assert.match(text(page), /纾困二十条.*来源 省政府.*第一条/)
  await tap(page, '.ask')
  assert.deepStrictEqual(phone.went, ['to /pages/submit/index?topic=T1'])
})

test('on an English phone everything is English', async () => {
  phone.language = 'en'
  const page = await open('appeal')
  assert.match(text(page), /Requests on this phone.*Submit a request/)
  assert.deepStrictEqual(text(page).match(/[\u4e00-\u9fff]+/g), ['中文'])
})

test('the language can be changed by hand', async () => {
  await tap(await open('appeal'), '.language')
  assert.match(text(await open('appeal')), /Submit a request/)
})

test('a banner tells that it was tapped, and says nothing without a text', async () => {
  const banner = render('components/banner', { text: '断网了', action: '再试一次' })
  let told = 0
  banner.addEventListener('act', () => { told += 1 })
  await tap(banner, '.act')
  assert.strictEqual(told, 1)
  assert.strictEqual(render('components/banner', {}).querySelector('.banner'), undefined)
})

test('a refusal carries sentence, fields and how long to wait', async () => {
  answers({ 'GET /topics': { statusCode: 429, header: { 'Retry-After': '30' }, data: { code: 'too_many', message: '太多次了', fields: {} } } })
  await assert.rejects(api.call('topics'), { kind: 'refused', status: 429, message: '太多次了', after: 30 })
  assert.strictEqual(asked('GET /topics').length, 1)
})

test('what a proxy says in place of the desk is no sentence for people', async () => {
  answers({ 'GET /topics': { statusCode: 502, data: '<html>Bad Gateway</html>' } })
  await assert.rejects(api.call('topics'), { kind: 'away', message: WORDS.fault[0] })
  assert.strictEqual(asked('GET /topics').length, 3)
})

const wxml = fs.readdirSync(path.join(ROOT, 'pages')).map(name => [name, fs.readFileSync(path.join(ROOT, 'pages', name, 'index.wxml'), 'utf8')])

test('every word has both languages, and every page finds its words', () => {
  Object.entries(WORDS).forEach(([key, [zh, en]]) => {
    assert.match(zh, /[\u4e00-\u9fff]|English/, key)
    assert.ok(key === 'language' || !/[\u4e00-\u9fff，。]/.test(en), key)
  })
  const used = wxml.flatMap(([, markup]) => [...markup.matchAll(/\bw\.(\w+)/g)].map(found => found[1]))
  assert.deepStrictEqual(used.filter(key => !(key in WORDS)), [])
})

test('no word is kept that nothing says', () => {
  const folders = ['pages', 'utils'].flatMap(name => fs.readdirSync(path.join(ROOT, name), { recursive: true }).map(file => path.join(ROOT, name, file)))
  const code = folders.concat(path.join(ROOT, 'app.js')).filter(file => /\.(js|wxml)$/.test(file) && !file.endsWith('words.js')).map(file => fs.readFileSync(file, 'utf8')).join('\n')
  const unsaid = Object.keys(WORDS).filter(key => !new RegExp(`\\bw\\.${key}\\b|'${key}'|table\\(\\)\\.${key}\\b`).test(code))
  assert.deepStrictEqual(unsaid, [])
})

test('no page has words of its own, and what can be tapped says so to a screen reader', () => {
  for (const [name, markup] of wxml) {
    assert.strictEqual(/[\u4e00-\u9fff]/.test(markup), false, name)
    for (const [tag] of markup.matchAll(/<view[^>]*bindtap=[^>]*>/g)) assert.match(tag, /aria-role=/, `${name}: ${tag}`)
  }
})

test('every page of the program is there, and the ones that are there are in it', () => {
  const pages = JSON.parse(fs.readFileSync(path.join(ROOT, 'app.json'))).pages
  assert.deepStrictEqual([...pages].sort(), wxml.map(([name]) => `pages/${name}/index`).sort())
})
