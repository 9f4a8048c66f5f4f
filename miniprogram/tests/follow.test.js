// Following: number and password, the bureau's question, the answer, and every step that is open.
const assert = require('node:assert')
const test = require('node:test')
const { answers, asked, kept, open, phone, reset, tap, text, type, settled } = require('./support')

const NUMBER = '200607-000123-8'
const OK = data => ({ statusCode: 200, data })
const TOKEN = { token: 't-1', expires_at: '2999-01-01T00:00:00+00:00' }
const REQUEST = {
  number: NUMBER, version: 7, state: 'in_progress', sentence: '承办单位正在办理', type: 'help', subject: '复工备案', body: '还缺什么材料？',
  received_at: '2020-06-07T01:00:00+00:00', bureau: '市商务局', reasons: [], question: null, answer: null, files: [],
  deadline: { at: '2020-06-12T09:00:00+00:00', level: 'ok', words: '还剩 3 个工作日', provisional: false },
  timeline: [{ id: 1, at: '2020-06-07T01:00:00+00:00', who: '市商务局', verb: '签收', body: '' }],
  steps: ['reminders', 'withdrawals', 'attachments']
}
const ASKED = { ...REQUEST, question: { text: '请补营业执照。', until: '2020-06-14T09:00:00+00:00' }, steps: ['supplements', 'attachments'] }
const ANSWERED = {
  ...REQUEST, steps: ['confirmations', 'contests'],
  answer: { text: '已经办好。', result: 'solved', result_words: '已解决', bureau: '市商务局', at: '2020-06-09T01:00:00+00:00', contest_until: '2020-06-24T09:00:00+00:00' }
}
const stale = { statusCode: 401, data: { message: '请先登录', fields: {} } }

test.beforeEach(() => {
  reset()
  phone.kept.mine = JSON.stringify([{ number: NUMBER, password: '123456', subject: '复工备案', told: true }])
  answers({ 'POST /sessions': { statusCode: 201, data: TOKEN }, 'GET /requests/current': OK(REQUEST), 'GET /wechat/subscription': OK({ template_id: 'tpl' }) })
})

const shown = request => {
  answers({ 'GET /requests/current': OK(request) })
  return open('request', { number: NUMBER })
}

test('who is on it and by when, without a field that the program did not name', async () => {
  const page = await shown(REQUEST)
  assert.match(text(page), /承办单位正在办理.*市商务局.*还剩 3 个工作日 2020-06-12 17:00.*签收/)
  assert.strictEqual(page.data.request.state, undefined)
  assert.strictEqual(page.querySelector('.supply'), undefined)
})

test('number and password open a request, however the number is typed', async () => {
  phone.kept = {}
  const page = await open('appeal')
  await type(page, 'number', '2006070001238')
  await type(page, 'password', '123456')
  await tap(page, '.look')
  assert.deepStrictEqual(asked('POST /sessions')[0].data, { number: NUMBER, password: '123456', phone_tail: '' })
  assert.deepStrictEqual(phone.went, [`to /pages/request/index?number=${NUMBER}`])
  assert.strictEqual(kept('mine')[0].number, NUMBER)
})

test('a wrong pair is told and not remembered; the telephone is asked for where the desk wants it', async () => {
  phone.kept = {}
  answers({ 'POST /sessions': [
    { statusCode: 422, data: { message: '事项编码或查询密码不对。', fields: {} } },
    { statusCode: 422, data: { message: '请再填写', fields: { phone_tail: '请再填写登记电话的后四位。' } } },
    { statusCode: 201, data: TOKEN }] })
  const page = await open('appeal')
  await type(page, 'number', NUMBER)
  await type(page, 'password', '000000')
  await tap(page, '.look')
  assert.match(text(page), /事项编码或查询密码不对。/)
  assert.strictEqual(kept('mine'), undefined)
  await tap(page, '.look')
  await type(page, 'tail', '0021')
  await tap(page, '.look')
  assert.strictEqual(asked('POST /sessions')[2].data.phone_tail, '0021')
})

test('the question is answered, with the version that was read', async () => {
  answers({ 'POST /requests/current/supplements': OK(REQUEST) })
  const page = await shown(ASKED)
  assert.match(text(page), /请补营业执照。/)
  await type(page, 'text', '执照在附件里。')
  answers({ 'GET /requests/current': OK(REQUEST) })
  await tap(page, '.supply')
  assert.deepStrictEqual(asked('POST /requests/current/supplements')[0].data, { text: '执照在附件里。', version: 7 })
  assert.strictEqual(page.querySelector('.supply'), undefined)
  assert.deepStrictEqual(kept('said'), {})
})

test('a step that gets no answer is not repeated unasked, and its words stay', async () => {
  answers({ 'POST /requests/current/supplements': null })
  const page = await shown(ASKED)
  await type(page, 'text', '执照在附件里。')
  await tap(page, '.supply')
  assert.strictEqual(asked('POST /requests/current/supplements').length, 1)
  assert.match(text(page), /没有连上网络/)
  assert.strictEqual((await shown(ASKED)).data.text, '执照在附件里。')
})

test('when something new came in, it is read anew and the words stay', async () => {
  answers({ 'POST /requests/current/contests': { statusCode: 409, data: { message: '刚刚有新的进展。', fields: {} } } })
  const page = await shown(ANSWERED)
  await type(page, 'text', '还没有收到款')
  await tap(page, '.contest')
  assert.strictEqual(page.data.text, '还没有收到款')
  assert.match(text(page), /刚才有新的进展/)
})

test('an answer is confirmed with marks, only those that were given', async () => {
  answers({ 'POST /requests/current/confirmations': OK(REQUEST) })
  const page = await shown(ANSWERED)
  await tap(page, '.mark', 4)
  await tap(page, '.mark', 12)
  await tap(page, '.confirm')
  assert.deepStrictEqual(asked('POST /requests/current/confirmations')[0].data, { text: '', version: 7, ratings: { promptness: 5, result: 3 } })
})

test('contesting needs words', async () => {
  const page = await shown(ANSWERED)
  await tap(page, '.contest')
  assert.match(text(page), /请先写下内容。/)
  assert.strictEqual(asked('POST /requests/current/contests').length, 0)
})

test('a reminder needs none', async () => {
  answers({ 'POST /requests/current/reminders': OK(REQUEST) })
  await tap(await shown(REQUEST), '.remind')
  assert.strictEqual(asked('POST /requests/current/reminders').length, 1)
})

test('withdrawing asks first', async () => {
  answers({ 'POST /requests/current/withdrawals': OK(REQUEST) })
  const page = await shown(REQUEST)
  phone.agree = false
  await tap(page, '.withdraw')
  assert.strictEqual(asked('POST /requests/current/withdrawals').length, 0)
  phone.agree = true
  await tap(page, '.withdraw')
  assert.strictEqual(asked('POST /requests/current/withdrawals').length, 1)
})

test('WeChat takes no more than four characters on the buttons of a question', async () => {
  phone.language = 'en'
  await tap(await shown(REQUEST), '.withdraw')
  await tap(await open('appeal'), '.forget')
  assert.strictEqual(phone.modals.length, 2)
  phone.modals.forEach(one => assert.ok(one.confirmText.length <= 4 && one.cancelText.length <= 4))
})

test('a token that the desk no longer takes is asked for anew, once', async () => {
  answers({ 'GET /requests/current': [stale, OK(REQUEST)] })
  const page = await open('request', { number: NUMBER })
  assert.strictEqual(asked('POST /sessions').length, 2)
  assert.match(text(page), /市商务局/)
})

test('without a password on the phone one is asked for', async () => {
  phone.kept = {}
  await open('request', { number: NUMBER })
  assert.deepStrictEqual(phone.went, ['tab /pages/appeal/index'])
})

test('a file is added; one that the desk has already is not sent twice', async () => {
  phone.chosen = ['tmp/1.jpg', 'tmp/2.jpg']
  answers({ 'POST /requests/current/attachments': { statusCode: 201, data: { id: 1, name: 'kept-2.jpg' } } })
  const page = await shown({ ...REQUEST, files: [{ id: 3, name: 'kept-1.jpg', kind: 'JPEG' }] })
  await tap(page, '.add-photo')
  const sent = asked('POST /requests/current/attachments')
  assert.deepStrictEqual(sent.map(one => one.file), ['store/kept-2.jpg'])
  assert.strictEqual(sent[0].header.Authorization, 'Bearer t-1')
})

test('a file that is refused is told and does not hold up the next', async () => {
  phone.chosen = ['tmp/1.jpg', 'tmp/2.jpg']
  answers({ 'POST /requests/current/attachments': [
    { statusCode: 422, data: { message: '不行', fields: { files: '图片打不开，请换一张。' } } }, { statusCode: 201, data: { id: 1, name: 'a' } }] })
  const page = await shown(REQUEST)
  await tap(page, '.add-photo')
  assert.match(text(page), /图片打不开，请换一张。/)
  assert.deepStrictEqual(kept('uploads'), [])
})

test('messages are asked for where the request came in with a login, and nowhere else', async () => {
  const page = await shown(REQUEST)
  await tap(page, '.subscribe')
  assert.match(text(page), /下一次有进展时会告诉您/)
  phone.kept.mine = JSON.stringify([{ number: NUMBER, password: '123456', told: false }])
  assert.strictEqual((await shown(REQUEST)).querySelector('.subscribe'), undefined)
})

test('a request can be taken off the phone, with all that was kept of it', async () => {
  phone.kept.said = JSON.stringify({ [NUMBER]: 'x', other: 'y' })
  phone.kept.uploads = JSON.stringify([{ number: NUMBER, path: 'a' }, { number: 'other', path: 'b' }])
  await tap(await open('appeal'), '.forget')
  await settled()
  assert.deepStrictEqual([kept('mine'), kept('said'), kept('uploads')], [[], { other: 'y' }, [{ number: 'other', path: 'b' }]])
})

test('a lost password comes back through the telephone on file, and only a code that fits opens', async () => {
  phone.kept = {}
  answers({
    'POST /passwords/codes': { statusCode: 204, data: '' },
    'POST /passwords': [
      { statusCode: 422, data: { message: '有几处需要修改。', fields: { code: '验证码不对或已过期。' } } },
      { statusCode: 201, data: { number: NUMBER, password: '654321' } }]
  })
  const page = await open('appeal')
  await tap(page, '.lost')
  await tap(page, '.send-code')
  assert.match(text(page), /请填写事项编码/)
  assert.strictEqual(asked('POST /passwords/codes').length, 0)
  await type(page, 'number', '2006070001238')
  await tap(page, '.send-code')
  assert.match(text(page), /如果编码登记了手机号/)
  await type(page, 'code', '111111')
  await tap(page, '.renew')
  assert.match(text(page), /验证码不对或已过期/)
  assert.deepStrictEqual(phone.went, [])
  await type(page, 'code', '222222')
  await tap(page, '.renew')
  assert.deepStrictEqual(asked('POST /passwords')[1].data, { number: NUMBER, code: '222222' })
  assert.strictEqual(kept('mine')[0].password, '654321')
  assert.deepStrictEqual(phone.went, [`to /pages/request/index?number=${NUMBER}`])
})

test('a message of WeChat opens the request of this phone, however its number is written', async () => {
  const page = await open('request', { number: NUMBER.replaceAll('-', '') })
  assert.strictEqual(page.data.request.number, NUMBER)
  assert.strictEqual(asked('POST /sessions')[0].data.number, NUMBER)
})

test('where the desk wants the telephone too, the page that asks for it has the rest already', async () => {
  answers({ 'POST /sessions': { statusCode: 422, data: { message: '有几处需要修改。', fields: { phone_tail: '请再填写登记电话的后四位。' } } } })
  await open('request', { number: NUMBER })
  assert.deepStrictEqual(phone.went, ['tab /pages/appeal/index'])
  const page = await open('appeal')
  assert.match(text(page), /请再填写登记电话的后四位/)
  answers({ 'POST /sessions': { statusCode: 201, data: TOKEN } })
  await type(page, 'tail', '0021')
  await tap(page, '.look')
  assert.deepStrictEqual(asked('POST /sessions').at(-1).data, { number: NUMBER, password: '123456', phone_tail: '0021' })
})
