// The account: signing in and out, own requests, the proof of the enterprise, its people, how to be told.
const assert = require('node:assert')
const test = require('node:test')
const { answers, asked, kept, open, phone, reset, settled, tap, text, type } = require('./support')

const CODE = '91230103MA1DEMX02P'
const OTHER = '92230103MA1DEMX01H'
const NUMBER = '200607-000123-8'
const OK = (data, statusCode = 200) => ({ statusCode, data })
const NO = (fields, message = '有几处需要修改。', statusCode = 422) => ({ statusCode, data: { message, fields } })
const ENDED = { statusCode: 401, data: { message: '请先登录', fields: {} } }
const TOKEN = { token: 'p-1', expires_at: '2999-01-01T00:00:00+00:00' }
const enterprise = (register_code, name) => ({ register_code, name, role: 'manager', role_words: '管理人' })
const ACCOUNT = { name: '吴丹', phone: '136****5678', enterprises: [enterprise(CODE, '昌盛食品')], call: null }
const NOBODY = { ...ACCOUNT, name: '', enterprises: [] }
const line = (number, yours = false) => ({
  number, subject: `诉求${number}`, state: 'answered', sentence: yours ? '请您评价' : '承办单位正在办理', bureau: '市商务局',
  received_at: '2020-06-07T01:00:00+00:00', yours
})
const LIST = { waiting: 1, requests: [line(NUMBER, true)], older: '' }

const signedIn = () => { phone.kept.tokens = JSON.stringify({ person: TOKEN }) }
const ours = () => { phone.kept.enterprise = JSON.stringify(CODE) }

test.beforeEach(() => {
  reset()
  answers({ 'GET /my': OK(ACCOUNT), 'GET /my/requests': OK(LIST), 'GET /wechat/subscription': OK({ template_id: 'tpl' }) })
})

const read = async () => {
  signedIn()
  return open('my')
}

test('a code to the telephone opens the account, and what is missing is told first', async () => {
  answers({ 'POST /my/codes': OK('', 204), 'POST /my/sessions': [NO({ code: '验证码不对或已过期。' }), OK(TOKEN, 201)] })
  const page = await open('my')
  await tap(page, '.send-code')
  assert.match(text(page), /请填写手机号/)
  assert.strictEqual(asked('POST /my/codes').length, 0)
  await type(page, 'phone', '13604505678 ')
  await tap(page, '.send-code')
  await type(page, 'code', '000000')
  await tap(page, '.sign-in')
  assert.match(text(page), /验证码不对或已过期/)
  await type(page, 'code', '123456')
  await tap(page, '.sign-in')
  assert.deepStrictEqual(asked('POST /my/sessions')[1].data, { phone: '13604505678', code: '123456' })
  assert.match(text(page), /昌盛食品 管理人.*诉求200607-000123-8.*请您评价/)
  assert.strictEqual(asked('GET /my')[0].header.Authorization, 'Bearer p-1')
})

test('too many codes are told, and the telephone stays as it was typed', async () => {
  answers({ 'POST /my/codes': NO({}, '请 10 分钟后再试。', 429) })
  const page = await open('my')
  await type(page, 'phone', '13604505678')
  await tap(page, '.send-code')
  assert.match(text(page), /请 10 分钟后再试/)
  assert.strictEqual(page.data.phone, '13604505678')
})

test('own requests are read page by page, and those that wait by themselves', async () => {
  answers({ 'GET /my/requests': one => OK(one.query.before ? { ...LIST, requests: [line('B')] } : { ...LIST, older: 'place' }) })
  const page = await read()
  assert.match(text(page), /等您处理 1/)
  await tap(page, '.more')
  assert.deepStrictEqual(page.data.rows.map(one => one.number), [NUMBER, 'B'])
  assert.strictEqual(page.querySelector('.more'), undefined)
  await tap(page, '.kind', 1)
  assert.deepStrictEqual(asked('GET /my/requests').map(one => one.query), [
    { enterprise: CODE }, { enterprise: CODE, before: 'place' }, { enterprise: CODE, which: 'waiting' }])
})

test('an empty list says so, of all and of one kind', async () => {
  answers({ 'GET /my/requests': OK({ waiting: 0, requests: [], older: '' }) })
  const page = await read()
  assert.match(text(page), /还没有诉求。以前用编码和密码查的/)
  await tap(page, '.kind', 3)
  assert.match(text(page), /这里没有诉求/)
})

test('an answer that a newer question has overtaken is not shown', async () => {
  const page = await read()
  answers({ 'GET /my/requests': one => OK({ ...LIST, requests: [line(one.query.which)] }) })
  page.instance.pick({ currentTarget: { dataset: { code: 'open' } } })
  page.instance.pick({ currentTarget: { dataset: { code: 'closed' } } })
  await settled()
  assert.deepStrictEqual(page.data.rows.map(one => one.number), ['closed'])
})

test('of several enterprises one is chosen, and stays chosen', async () => {
  answers({ 'GET /my': OK({ ...ACCOUNT, enterprises: [enterprise(CODE, '昌盛食品'), enterprise(OTHER, '老灶火锅店')] }) })
  const page = await read()
  await tap(page, '.enterprise', 1)
  assert.match(page.querySelector('.who').dom.textContent, /老灶火锅店/)
  await open('my')
  assert.deepStrictEqual(asked('GET /my/requests').map(one => one.query.enterprise), [CODE, OTHER, OTHER])
})

test('without a connection one can try again', async () => {
  answers({ 'GET /my': [null, null, null, OK(ACCOUNT)] })
  const page = await read()
  assert.match(text(page), /没有连上网络/)
  page.instance.again()
  await settled()
  assert.match(text(page), /昌盛食品/)
})

test('a session that has ended elsewhere leads to the login and keeps what was written', async () => {
  phone.kept.said = JSON.stringify({ [NUMBER]: '写了一半' })
  answers({ 'GET /my': ENDED })
  const page = await read()
  assert.match(text(page), /登录已经结束/)
  assert.ok(page.querySelector('.f-phone'))
  assert.deepStrictEqual([kept('tokens'), kept('said')], [{}, { [NUMBER]: '写了一半' }])
})

test('a request opens without its password, and this phone keeps nothing of it', async () => {
  signedIn()
  const request = {
    number: NUMBER, version: 7, sentence: '正在办理', subject: '复工备案', body: '缺什么？', bureau: '市商务局', reasons: [], question: null,
    answer: null, files: [], deadline: { at: null, level: 'ok', words: '', provisional: false }, timeline: [], steps: ['reminders']
  }
  answers({
    'POST /my/requests/sessions': [OK({ ...TOKEN, token: 't-1' }, 201), OK({ ...TOKEN, token: 't-2' }, 201)],
    'GET /requests/current': [ENDED, OK(request)]
  })
  await tap(await open('my'), '.request')
  assert.deepStrictEqual(phone.went, [`to /pages/request/index?number=${NUMBER}`])
  const page = await open('request', { number: NUMBER })
  assert.match(text(page), /复工备案/)
  assert.deepStrictEqual(asked('POST /my/requests/sessions').map(one => one.data), [{ number: NUMBER }, { number: NUMBER }])
  assert.deepStrictEqual(asked('GET /requests/current').map(one => one.header.Authorization), ['Bearer t-1', 'Bearer t-2'])
  assert.strictEqual(kept('mine'), undefined)
})

test('when the account has ended a request of it leads back to the login, not to the password', async () => {
  signedIn()
  answers({ 'POST /my/requests/sessions': ENDED })
  await open('request', { number: NUMBER })
  assert.deepStrictEqual(phone.went, ['tab /pages/my/index'])
})

test('signing out asks first, leaves nothing of the account and all that is the phone\'s own', async () => {
  phone.kept.mine = JSON.stringify([{ number: 'A', password: '123456' }])
  phone.kept.said = JSON.stringify({ A: 'x', [NUMBER]: 'y' })
  phone.kept.uploads = JSON.stringify([{ number: 'A', path: 'a' }, { number: NUMBER, path: 'b' }])
  phone.kept.tokens = JSON.stringify({ person: TOKEN, wechat: TOKEN, [NUMBER]: TOKEN })
  answers({ 'DELETE /my/sessions': OK('', 204) })
  const page = await open('my')
  phone.agree = false
  await tap(page, '.sign-out')
  assert.strictEqual(asked('DELETE /my/sessions').length, 0)
  phone.agree = true
  await tap(page, '.sign-out')
  assert.strictEqual(asked('DELETE /my/sessions')[0].header.Authorization, 'Bearer p-1')
  assert.deepStrictEqual([kept('tokens'), kept('said'), kept('uploads'), kept('enterprise')],
    [{ wechat: TOKEN }, { A: 'x' }, [{ number: 'A', path: 'a' }], undefined])
  assert.match(text(page), /所有设备上的登录都已退出/)
  assert.doesNotMatch(text(page), /昌盛食品/)
})

test('signing out works without a connection, and says what it could not do', async () => {
  answers({ 'DELETE /my/sessions': null })
  const page = await read()
  await tap(page, '.sign-out')
  assert.match(text(page), /已从这部手机退出/)
  assert.deepStrictEqual(kept('tokens'), {})
})

test('before the proof nothing is shown but the way to it, and the call that is waited for', async () => {
  answers({ 'GET /my': OK({ ...NOBODY, call: { name: '昌盛食品', asked_at: '2020-06-07T01:00:00+00:00' } }) })
  const page = await read()
  assert.match(text(page), /昌盛食品：正在等待电话核实.*2020-06-07 09:00/)
  assert.deepStrictEqual(['.people', '.claim', '.kind'].map(one => page.querySelector(one)), [undefined, undefined, undefined])
  assert.strictEqual(asked('GET /my/requests').length, 0)
  await tap(page, '.prove')
  assert.deepStrictEqual(phone.went, ['to /pages/prove/index'])
})

const proving = () => {
  signedIn()
  answers({ 'GET /my': OK(NOBODY), 'POST /my/proofs': OK('', 204) })
  return open('prove')
}

test('register code and the legal person\'s code prove the enterprise', async () => {
  answers({ 'POST /my/enterprises': [NO({ code: '验证码不对或已过期。' }), OK(enterprise(CODE, '昌盛食品'), 201)] })
  const page = await proving()
  await type(page, 'register_code', CODE)
  await tap(page, '.send-code')
  assert.match(text(page), /如果登记机关留有法定代表人的手机号/)
  await type(page, 'code', '000000')
  await tap(page, '.prove')
  assert.match(text(page), /验证码不对或已过期/)
  await type(page, 'code', '123456')
  await tap(page, '.prove')
  assert.deepStrictEqual(asked('POST /my/enterprises')[1].data, { register_code: CODE, code: '123456' })
  assert.deepStrictEqual([kept('enterprise'), phone.went], [CODE, ['tab /pages/my/index']])
  assert.match(text(await open('my')), /企业已核实/)
  assert.strictEqual(kept('notice'), undefined)
})

test('a register code with a typing error is told at its field', async () => {
  const page = await proving()
  answers({ 'POST /my/proofs': NO({ register_code: '代码里有一位不对。' }) })
  await type(page, 'register_code', '91230103MA1DEMX02Q')
  await tap(page, '.send-code')
  assert.match(page.querySelector('.f-register_code').dom.textContent, /代码里有一位不对/)
  assert.strictEqual(page.querySelector('.prove'), undefined)
})

test('a call is asked for where no code arrives, and then waited for', async () => {
  answers({ 'POST /my/calls': OK({ register_code: CODE, name: '昌盛食品', asked_at: '2020-06-07T01:00:00+00:00' }, 201) })
  const page = await proving()
  await type(page, 'register_code', CODE)
  await tap(page, '.turn')
  await tap(page, '.ask-call')
  assert.match(page.querySelector('.f-name').dom.textContent, /这一项不能为空/)
  await type(page, 'name', '昌盛食品')
  await tap(page, '.ask-call')
  assert.deepStrictEqual(asked('POST /my/calls').map(one => one.data), [{ register_code: CODE, name: '昌盛食品' }])
  assert.match(text(page), /昌盛食品：正在等待电话核实.*2020-06-07 09:00/)
  assert.strictEqual(page.querySelector('.ask-call'), undefined)
})

test('who was invited joins by the link, and is told when it opens nothing any more', async () => {
  answers({ 'POST /my/memberships': [NO({}, '没有找到。', 404), NO({}, '这个邀请是发给另一个手机号的。'), OK(enterprise(CODE, '昌盛食品'), 201)] })
  const page = await proving()
  await type(page, 'token', 'https://desk.example.gov.cn/my/invited/abc-1')
  await tap(page, '.join')
  assert.match(page.querySelector('.f-token').dom.textContent, /已经用过、撤回或过期/)
  await tap(page, '.join')
  assert.match(text(page), /这个邀请是发给另一个手机号的/)
  await tap(page, '.join')
  assert.deepStrictEqual(asked('POST /my/memberships')[2].data, { token: 'abc-1' })
  assert.deepStrictEqual(phone.went, ['tab /pages/my/index'])
})

test('a request of this phone is taken over with one tap, once; another with number and password', async () => {
  signedIn()
  ours()
  phone.kept.mine = JSON.stringify([{ number: NUMBER, password: '123456', subject: '复工备案' }, { number: 'B', password: '' }])
  answers({ 'POST /my/claims': [OK(line(NUMBER), 201), NO({ number: '举报要保密，不能归到企业账号。' }), OK(line('C'), 201)] })
  const page = await open('claim')
  assert.strictEqual(page.querySelectorAll('.claim-here').length, 1)
  await tap(page, '.claim-here')
  assert.deepStrictEqual(asked('POST /my/claims')[0].data, { number: NUMBER, password: '123456', phone_tail: '', enterprise: CODE })
  assert.match(text(page), /200607-000123-8 已归到企业账号/)
  assert.strictEqual((await open('claim')).querySelector('.claim-here'), undefined)
  await type(page, 'number', 'C')
  await type(page, 'password', '654321')
  await tap(page, '.claim')
  assert.match(page.querySelector('.f-number').dom.textContent, /举报要保密/)
  assert.strictEqual(page.data.password, '654321')
  await tap(page, '.claim')
  assert.deepStrictEqual([page.data.number, page.data.password], ['', ''])
  assert.deepStrictEqual(kept('mine').map(one => one.number), [NUMBER, 'B'])
})

const RECEIPT = { number: NUMBER, password: '123456', sentence: '已登记', bureau: '', due_at: null, duplicate: false, report: false }
const receipt = said => open('receipt', { receipt: encodeURIComponent(JSON.stringify({ ...RECEIPT, ...said })) })

test('what is submitted signed in can be given to the enterprise at once; a report, or before signing in, never', async () => {
  ours()
  answers({ 'POST /my/claims': [null, OK(line(NUMBER), 201)] })
  assert.strictEqual((await receipt({})).querySelector('.claim'), undefined)
  signedIn()
  assert.strictEqual((await receipt({ report: true })).querySelector('.claim'), undefined)
  const page = await receipt({})
  await tap(page, '.claim')
  assert.match(text(page), /没有连上网络/)
  await tap(page, '.claim')
  assert.deepStrictEqual(asked('POST /my/claims')[1].data, { number: NUMBER, password: '123456', enterprise: CODE })
  assert.match(text(page), /同事也能看到/)
  assert.deepStrictEqual([page.querySelector('.claim'), kept('mine')[0].taken], [undefined, CODE])
})

const member = (id, name, role, yourself) => ({ id, name, phone: '136****0000', role, role_words: role === 'manager' ? '管理人' : '经办人', yourself })
const PEOPLE = {
  manages: true, members: [member(1, '吴丹', 'manager', true), member(2, '小王', 'clerk', false)],
  invitations: [{ id: 7, name: '小张', phone: '137****1111', role: 'clerk', ends_at: '2020-06-14T01:00:00+00:00' }]
}
const people = said => {
  signedIn()
  ours()
  answers({ 'GET /my/people': OK(said) })
  return open('people')
}

test('a manager invites, and a telephone that is known already is told at its field', async () => {
  answers({ 'POST /my/people': [NO({ phone: '这个手机号已经在企业账号里。' }), OK({ id: 8, name: '小李' }, 201)] })
  const page = await people(PEOPLE)
  await tap(page, '.invite')
  assert.strictEqual(asked('POST /my/people').length, 0)
  await type(page, 'name', '小李')
  await type(page, 'phone', '13604509999')
  await tap(page, '.role', 1)
  await tap(page, '.invite')
  assert.match(page.querySelector('.f-phone').dom.textContent, /已经在企业账号里/)
  await tap(page, '.invite')
  assert.deepStrictEqual(asked('POST /my/people')[1].data, { name: '小李', phone: '13604509999', role: 'manager', enterprise: CODE })
  assert.match(text(page), /邀请已发出/)
  assert.deepStrictEqual([page.data.name, page.data.phone], ['', ''])
})

test('a manager gives a role, ends access and takes an invitation back, each after a question or at once', async () => {
  answers({ 'POST /my/people/2/roles': OK(member(2, '小王', 'manager', false)), 'DELETE /my/people/2': OK('', 204), 'DELETE /my/invitations/7': OK('', 204) })
  const page = await people(PEOPLE)
  assert.match(text(page), /小张 137\*\*\*\*1111.*2020-06-14 09:00/)
  await tap(page, '.change', 1)
  await tap(page, '.end', 1)
  await tap(page, '.revoke')
  assert.deepStrictEqual(asked('POST /my/people/2/roles')[0].data, { role: 'manager' })
  assert.strictEqual(asked('DELETE /my/people/2').length, 1)
  assert.strictEqual(asked('DELETE /my/invitations/7')[0].data, undefined)
  assert.deepStrictEqual(phone.modals.map(one => one.content), ['小王', '小王 将不能再看到企业的诉求。'])
  assert.match(text(page), /邀请已撤回/)
})

test('the last manager stays, and hears why', async () => {
  answers({ 'DELETE /my/people/1': NO({}, '企业账号至少要有一位管理人，请先让另一位同事当管理人。') })
  const page = await people(PEOPLE)
  await tap(page, '.end')
  assert.match(text(page), /至少要有一位管理人/)
  assert.deepStrictEqual(phone.went, [])
})

test('a clerk sees the people, changes nobody and can leave', async () => {
  answers({ 'DELETE /my/people/2': OK('', 204) })
  const page = await people({ manages: false, members: [member(1, '吴丹', 'manager', false), member(2, '', 'clerk', true)], invitations: [] })
  assert.deepStrictEqual(['.change', '.invite', '.revoke'].map(one => page.querySelector(one)), [undefined, undefined, undefined])
  assert.match(text(page), /吴丹 管理人.*还没有填姓名 您 ?经办人/)
  await tap(page, '.end')
  assert.strictEqual(asked('DELETE /my/people/2').length, 1)
  assert.deepStrictEqual(phone.went, ['tab /pages/my/index'])
})

const WAYS = [{ way: 'sms', words: '短信' }, { way: 'mail', words: '电子邮件' }, { way: 'wechat', words: '微信' }]
const SETTINGS = { name: '吴丹', email: '', told_by: ['sms'], ways: WAYS }
const notices = (said = SETTINGS) => {
  signedIn()
  answers({ 'GET /my/settings': OK(said), 'PUT /my/settings': one => OK({ ...said, ...one.data, ways: WAYS }), 'POST /wechat/sessions': OK({ ...TOKEN, token: 'w-1' }, 201) })
  return open('notices')
}
const on = page => page.data.ways.filter(one => one.on).map(one => one.way)
const sent = () => asked('PUT /my/settings').map(one => one.data)

test('who chooses WeChat is asked by WeChat, and tied by its login', async () => {
  const page = await notices()
  assert.deepStrictEqual(on(page), ['sms'])
  assert.strictEqual(page.querySelector('.subscribe'), undefined)
  await tap(page, '.way', 0)
  await tap(page, '.way', 2)
  await tap(page, '.save')
  assert.deepStrictEqual(sent(), [{ name: '吴丹', email: '', told_by: ['wechat'], wechat: 'w-1' }])
  assert.match(text(page), /已保存/)
  await tap(page, '.subscribe')
  assert.match(text(page), /下一次有进展时会告诉您/)
})

test('who says no to WeChat is not told there, and the rest is kept', async () => {
  phone.consent = 'reject'
  const page = await notices()
  await tap(page, '.way', 2)
  await tap(page, '.save')
  assert.deepStrictEqual(sent(), [{ name: '吴丹', email: '', told_by: ['sms'], wechat: '' }])
  assert.match(text(page), /所以没有选微信/)
})

test('a refused choice is told at its field, and the ticks stay', async () => {
  const page = await notices()
  answers({ 'PUT /my/settings': NO({ email: '选了电子邮件，请填写邮箱地址。' }) })
  await tap(page, '.way', 1)
  await tap(page, '.save')
  assert.match(page.querySelector('.f-email').dom.textContent, /请填写邮箱地址/)
  assert.deepStrictEqual(on(page), ['sms', 'mail'])
})

test('WeChat is not offered where the desk has no message for it', async () => {
  answers({ 'GET /wechat/subscription': NO({}, '没有', 404) })
  const page = await notices()
  assert.deepStrictEqual(page.data.ways.map(one => one.way), ['sms', 'mail'])
})

test('a second tap meanwhile sends nothing twice', async () => {
  const page = await notices()
  page.instance.save()
  page.instance.save()
  await settled()
  assert.strictEqual(sent().length, 1)
})

test('pages of the account speak English with an English phone', async () => {
  phone.language = 'en'
  const page = await people(PEOPLE)
  assert.strictEqual(phone.title, 'People')
  assert.match(text(page), /Invite a colleague/)
  assert.doesNotMatch(text(await open('my')), /退出登录/)
})

test('a telephone that is asked for can be said, with number and password where they were', async () => {
  signedIn(); ours()
  phone.kept.mine = JSON.stringify([{ number: NUMBER, password: '123456', subject: '复工备案' }])
  answers({ 'POST /my/claims': [NO({ phone_tail: '请再填写登记电话的后四位。' }), OK(line(NUMBER), 201)] })
  const page = await open('claim')
  assert.strictEqual(page.querySelector('.f-tail'), undefined)
  await tap(page, '.claim-here')
  assert.match(text(page), /请再填写登记电话的后四位/)
  await type(page, 'tail', '0021')
  await tap(page, '.claim')
  assert.deepStrictEqual(asked('POST /my/claims')[1].data, { number: NUMBER, password: '123456', phone_tail: '0021', enterprise: CODE })
  assert.strictEqual(page.data.askTail, false)
})

const sending = async (type = 1) => {
  signedIn(); ours()
  const page = await open('submit')
  page.instance.typed({ detail: { name: 'body', value: '餐饮复工还缺什么材料？' } })
  await tap(page, '.chip', type)
  await tap(page, '.agree')
  await tap(page, '.send')
  return page
}
const wentOut = () => asked('POST /requests').map(one => [one.data.account, one.data.account_enterprise, one.data.enterprise])

test('a request of somebody who has signed in goes to the account by itself, and says so before and after', async () => {
  answers({ 'POST /requests': OK({ ...RECEIPT, own: true }, 201) })
  const page = await sending()
  assert.match(text(page), /昌盛食品：以企业账号提交/)
  assert.deepStrictEqual(wentOut(), [['p-1', CODE, '昌盛食品']])
  assert.strictEqual(kept('mine')[0].taken, CODE)
  const said = await receipt({ own: true })
  assert.match(text(said), /已在企业账号里/)
  assert.strictEqual(said.querySelector('.claim'), undefined)
})

test('neither account nor name goes out with a report', async () => {
  answers({ 'POST /requests': OK({ ...RECEIPT, own: false }, 201) })
  await sending(4)
  assert.deepStrictEqual(wentOut(), [[undefined, undefined, undefined]])
})

test('a login that ended on the way costs the account, not the request', async () => {
  answers({ 'POST /requests': [NO({ account: '登录已经结束。' }), OK({ ...RECEIPT, own: false }, 201)] })
  await sending()
  assert.deepStrictEqual(wentOut(), [['p-1', CODE, '昌盛食品'], [undefined, undefined, '昌盛食品']])
  assert.deepStrictEqual([kept('mine')[0].number, kept('mine')[0].taken, kept('pending')], [NUMBER, undefined, undefined])
})
