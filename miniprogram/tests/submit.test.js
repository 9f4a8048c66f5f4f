// Submitting: what is written is never lost, and comes in once.
const assert = require('node:assert')
const test = require('node:test')
const { answers, asked, kept, open, phone, reset, tap, text, type, settled } = require('./support')

const OK = data => ({ statusCode: 200, data })
const RECEIPT = { number: '200607-000123-8', password: '123456', sentence: '已收到', bureau: '', due_at: '2020-06-10T09:00:00+00:00', duplicate: false }
const TOPICS = [{ code: 'T0101', name_zh: '复工备案', name_en: 'Resumption', line: 'SWT', line_zh: '商务厅', line_en: 'Commerce' }]
const REGIONS = [
  { code: '990100', name_zh: '甲市', name_en: 'Jia', level: 'prefecture', parent_code: '990000' },
  { code: '990102', name_zh: '乙区', name_en: 'Yi', level: 'county', parent_code: '990100' }
]
const TOKEN = { token: 't-1', expires_at: '2999-01-01T00:00:00+00:00' }

test.beforeEach(() => {
  reset()
  answers({
    'GET /topics': OK(TOPICS), 'GET /regions': OK(REGIONS), 'GET /wechat/subscription': OK({ template_id: 'tpl' }),
    'POST /wechat/sessions': { statusCode: 201, data: TOKEN }, 'POST /requests': { statusCode: 201, data: RECEIPT },
    'POST /sessions': { statusCode: 201, data: TOKEN }, 'POST /requests/current/attachments': { statusCode: 201, data: { id: 1, name: 'a' } }
  })
})

async function filled() {
  const page = await open('submit', { topic: 'T0101' })
  await type(page, 'body', '餐饮复工还缺什么材料？')
  await tap(page, '.agree')
  return page
}

test('a request goes out with its topic, place, type and the login of WeChat', async () => {
  const page = await filled()
  page.instance.pickRegion({ detail: { value: 1 } })
  await tap(page, '.map')
  await tap(page, '.chip', 1)
  await tap(page, '.send')
  const [sent] = asked('POST /requests')
  assert.deepStrictEqual(sent.data, {
    body: '餐饮复工还缺什么材料？\n项目、街道或门店：中央大街 1 号，道里区', type: 'help', topic_code: 'T0101', region_code: '990102', locale: 'zh'
  })
  assert.strictEqual(sent.header.Authorization, 'Bearer t-1')
  assert.match(sent.header['Idempotency-Key'], /^[!-~]{8,128}$/)
  assert.match(phone.went.at(-1), /^redirect \/pages\/receipt/)
  assert.strictEqual(page.data.regionName, '甲市 · 乙区')
})

test('a draft is there again after the program was closed', async () => {
  await type(await open('submit'), 'body', '写到一半')
  assert.strictEqual((await open('submit')).data.draft.body, '写到一半')
})

test('without words or consent nothing goes out, and both are told at their place', async () => {
  const page = await open('submit')
  await tap(page, '.send')
  assert.deepStrictEqual(Object.keys(page.data.errors), ['body', 'consent'])
  assert.match(text(page), /诉求内容不能为空/)
  assert.strictEqual(asked('POST /requests').length, 0)
})

test('a lost connection keeps the request, and the next try has the same key and words', async () => {
  answers({ 'POST /requests': null })
  const page = await filled()
  await tap(page, '.send')
  assert.strictEqual(asked('POST /requests').length, 3)
  assert.match(text(page), /诉求还没有送到/)
  answers({ 'POST /requests': { statusCode: 201, data: RECEIPT } })
  const later = await open('submit')
  await tap(later, '.send')
  const sent = asked('POST /requests')
  assert.strictEqual(new Set(sent.map(one => one.header['Idempotency-Key'])).size, 1)
  assert.strictEqual(new Set(sent.map(one => JSON.stringify(one.data))).size, 1)
  assert.strictEqual(kept('pending'), undefined)
  assert.strictEqual(kept('draft'), undefined)
})

test('what is on its way out cannot be changed', async () => {
  answers({ 'POST /requests': null })
  await tap(await filled(), '.send')
  const later = await open('submit', { topic: 'other' })
  assert.strictEqual(later.data.draft.topic_code, 'T0101')
  assert.strictEqual(later.querySelector('.retopic'), undefined)
})

test('a refused field is told at it, and the next try is another request', async () => {
  answers({ 'POST /requests': [{ statusCode: 422, data: { code: 'invalid', message: '电话不对', fields: { phone: '请填写 11 位手机号。' } } }, { statusCode: 201, data: RECEIPT }] })
  const page = await filled()
  await tap(page, '.send')
  assert.match(text(page), /请填写 11 位手机号。/)
  assert.strictEqual(page.data.frozen, false)
  await type(page, 'phone', '13904510021')
  await tap(page, '.send')
  const sent = asked('POST /requests')
  assert.strictEqual(sent[1].data.phone, '13904510021')
  assert.notStrictEqual(sent[0].header['Idempotency-Key'], sent[1].header['Idempotency-Key'])
})

test('where WeChat gives no login the request goes out without one', async () => {
  answers({ 'POST /wechat/sessions': { statusCode: 503, data: { message: '微信暂时没有响应', fields: {} } } })
  await tap(await filled(), '.send')
  assert.strictEqual(asked('POST /requests')[0].header.Authorization, undefined)
  assert.strictEqual(kept('mine')[0].told, false)
})

test('a login that has ended is dropped, and the request goes out all the same', async () => {
  const refused = { statusCode: 401, data: { message: '请先登录', fields: {} } }
  answers({ 'POST /requests': one => (one.header.Authorization ? refused : { statusCode: 201, data: RECEIPT }) })
  await tap(await filled(), '.send')
  assert.strictEqual(kept('mine')[0].number, RECEIPT.number)
  assert.strictEqual(kept('pending'), undefined)
})

test('photographs go up after the receipt, and wait on the phone while they cannot', async () => {
  phone.chosen = ['tmp/1.jpg', 'tmp/2.jpg']
  answers({ 'POST /requests/current/attachments': [{ statusCode: 201, data: { id: 1, name: 'a' } }, null] })
  const page = await filled()
  await tap(page, '.photo-add')
  await tap(page, '.send')
  const receipt = await open('receipt', { receipt: encodeURIComponent(JSON.stringify(RECEIPT)) })
  assert.deepStrictEqual(kept('uploads'), [{ number: RECEIPT.number, path: 'store/kept-2.jpg' }])
  assert.match(text(receipt), /还有照片没有传完/)
  answers({ 'POST /requests/current/attachments': { statusCode: 201, data: { id: 2, name: 'b' } } })
  receipt.instance.upload()
  await settled()
  assert.deepStrictEqual(kept('uploads'), [])
  assert.strictEqual(receipt.data.waiting, 0)
})

test('a photograph can be taken out of the draft again', async () => {
  phone.chosen = ['tmp/1.jpg']
  const page = await filled()
  await tap(page, '.photo-add')
  await tap(page, '.unphoto')
  assert.deepStrictEqual(kept('draft').paths, [])
  assert.deepStrictEqual(phone.went, ['removed store/kept-1.jpg'])
})

test('the receipt says number, password and by when in Beijing time', async () => {
  const page = await open('receipt', { receipt: encodeURIComponent(JSON.stringify(RECEIPT)) })
  assert.match(text(page), /200607-000123-8.*123456.*正在确定承办单位.*2020-06-10 17:00/)
  await tap(page, '.copy')
  assert.strictEqual(phone.copied, '事项编码 200607-000123-8 查询密码 123456')
})

test('a receipt whose first answer was lost says how to get a password', async () => {
  const receipt = { ...RECEIPT, password: null, duplicate: true }
  const page = await open('receipt', { receipt: encodeURIComponent(JSON.stringify(receipt)) })
  assert.match(text(page), /重新取得查询密码/)
  assert.strictEqual(page.querySelector('.copy'), undefined)
})
