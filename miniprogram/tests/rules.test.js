// What the provider's review and its tools refuse, as far as the files tell it.
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const test = require('node:test')

const ROOT = path.join(__dirname, '..')
const read = name => fs.readFileSync(path.join(ROOT, name), 'utf8')
const json = name => JSON.parse(read(name))
const app = json('app.json')
const theme = json('theme.json')
const project = json('project.config.json')
const ignored = project.packOptions.ignore.map(one => one.value)

/** Every file that is uploaded. */
function packed(folder = '') {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap(one => {
    const name = folder ? `${folder}/${one.name}` : one.name
    if (ignored.includes(name)) return []
    return one.isDirectory() ? packed(name) : [name]
  })
}

const files = packed()
const scripts = files.filter(name => name.endsWith('.js'))
const drawn = files.filter(name => name.endsWith('.wxml'))
const code = scripts.map(read).join('\n')
const tags = name => [...read(name).matchAll(/<(\/?)([a-z-]+)((?:"[^"]*"|[^">])*?)(\/?)>/g)]
const attribute = (words, name) => (new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(words) || [])[1]

test('the package is far below what one package may weigh', () => {
  const weight = files.reduce((sum, name) => sum + fs.statSync(path.join(ROOT, name)).size, 0)
  assert.ok(weight < 2 * 1024 * 1024 / 4, `${weight} bytes`)
  assert.deepStrictEqual(files.filter(name => /node_modules|^tests|package/.test(name)), [])
})

test('each page and component has its four files, and names the components that it draws', () => {
  const parts = Object.values(app.pages).concat(['banner', 'field', 'timeline'].map(one => `components/${one}/index`))
  for (const part of parts) {
    for (const end of ['js', 'json', 'wxml', 'wxss']) assert.ok(files.includes(`${part}.${end}`), `${part}.${end}`)
    const known = Object.keys(json(`${part}.json`).usingComponents || {})
    for (const name of known) assert.ok(files.includes(`${json(`${part}.json`).usingComponents[name].slice(1)}.wxml`), name)
    const used = new Set(tags(`${part}.wxml`).map(tag => tag[2]))
    const own = ['view', 'text', 'block', 'image', 'input', 'textarea', 'picker']
    assert.deepStrictEqual([...used].filter(name => !own.includes(name) && !known.includes(name)), [], part)
  }
})

test('tags close in the order in which they were opened', () => {
  for (const name of drawn) {
    const open = []
    for (const [, end, tag, , alone] of tags(name)) {
      if (end) assert.strictEqual(open.pop(), tag, name)
      else if (!alone) open.push(tag)
    }
    assert.deepStrictEqual(open, [], name)
  }
})

test('the tab bar keeps its limits, in both themes', () => {
  const { list, borderStyle } = app.tabBar
  assert.ok(list.length >= 2 && list.length <= 5)
  for (const tab of list) assert.ok(app.pages.includes(tab.pagePath), tab.pagePath)
  for (const shade of [theme.light, theme.dark]) {
    assert.match(shade[borderStyle.slice(1)], /^(black|white)$/)
    assert.match(shade[app.window.navigationBarTextStyle.slice(1)], /^(black|white)$/)
    for (const name of ['color', 'selectedColor', 'backgroundColor']) assert.match(shade[app.tabBar[name].slice(1)], /^#[0-9a-f]{6}$/)
  }
})

test('who leads elsewhere leads to a page there is, and to a tab by its own way', () => {
  const tabs = app.tabBar.list.map(one => one.pagePath)
  const ways = [...code.matchAll(/wx\.(navigateTo|redirectTo|switchTab|reLaunch)\(\{ url: ([^\n]*)/g)]
  assert.ok(ways.length > 8)
  for (const [, way, rest] of ways) {
    for (const [, page] of rest.matchAll(/[`']\/(pages\/[a-z/]+)/g)) {
      assert.ok(app.pages.includes(page), page)
      assert.strictEqual(tabs.includes(page), way === 'switchTab' || (way === 'reLaunch' && tabs.includes(page)), `${way} ${page}`)
    }
  }
})

test('a place is asked for with the declaration and the purpose that WeChat shows', () => {
  const places = ['getLocation', 'chooseLocation', 'getFuzzyLocation', 'choosePoi', 'chooseAddress', 'onLocationChange', 'startLocationUpdate']
  const used = places.filter(name => code.includes(`wx.${name}(`))
  assert.deepStrictEqual(used, app.requiredPrivateInfos)
  const { desc } = app.permission['scope.userLocation']
  assert.ok(desc.length > 0 && desc.length <= 30, desc)
})

test('what touches privacy is checked by WeChat and told in the guide', () => {
  const asked = {
    chooseMedia: 'photographs', chooseMessageFile: 'files', chooseLocation: 'place', setClipboardData: 'clipboard',
    getClipboardData: 'clipboard', getUserProfile: 'profile', getPhoneNumber: 'telephone', startRecord: 'microphone',
    getRecorderManager: 'microphone', addPhoneContact: 'contacts', saveImageToPhotosAlbum: 'album', getWeRunData: 'steps'
  }
  const used = Object.keys(asked).filter(name => code.includes(`wx.${name}(`))
  const guide = fs.readFileSync(path.join(ROOT, '..', 'docs', 'miniprogram.md'), 'utf8').split('## What to declare')[1].split('\n## ')[0]
  assert.strictEqual(app.__usePrivacyCheck__, true)
  assert.ok(Number(project.libVersion.split('.')[0]) >= 3, 'the base library that asks by itself')
  assert.deepStrictEqual(used.filter(name => !guide.includes(asked[name])), [])
  assert.ok(code.includes('wx.openPrivacyContract('))
})

test('messages are subscribed to straight from a tap', () => {
  const asking = scripts.filter(name => /wx\.requestSubscribeMessage|subscribe\.ask\(/.test(read(name)) && name !== 'utils/subscribe.js')
  assert.ok(asking.length)
  for (const name of asking) {
    const tapped = [...read(name.replace('.js', '.wxml')).matchAll(/bindtap="([a-zA-Z]+)"/g)].map(one => one[1])
    const holders = read(name).split(/\n {4}(?=[a-zA-Z]+\()/).filter(part => part.includes('subscribe.ask(')).map(part => part.split('(')[0])
    for (const holder of holders) assert.ok(tapped.includes(holder), `${name} ${holder}`)
  }
})

test('the desk is asked over HTTPS alone, at the address that the console knows', () => {
  assert.match(require('../config').base, /^https:\/\/[^/]+$/)
  assert.strictEqual(project.setting.urlCheck, true)
  assert.deepStrictEqual(scripts.filter(name => name !== 'config.js' && /https?:\/\//.test(read(name))), [])
})

test('whatever is bound is there, and a page that can be pulled answers', () => {
  for (const name of drawn) {
    const own = read(name.replace('.wxml', '.js'))
    const shared = [...own.matchAll(/require\('\.\.\/\.\.\/(utils\/(?:spoken|asking))'\)/g)].map(one => read(`${one[1]}.js`))
    const script = [own, ...shared].join('\n')
    for (const [, , , words] of tags(name)) {
      for (const [, handler] of words.matchAll(/\sbind:?[a-z]+="([^"]+)"/g)) assert.match(script, new RegExp(`\\b${handler}\\(`), `${name} ${handler}`)
    }
    const page = json(name.replace('.wxml', '.json'))
    if (page.enablePullDownRefresh) assert.match(script, /onPullDownRefresh\(/, name)
  }
})

test('what can be tapped says what it is, what is typed into has a name, pictures have words', () => {
  for (const name of drawn) {
    for (const [, end, tag, words] of tags(name)) {
      if (end) continue
      if (words.includes('bindtap=')) assert.ok(attribute(words, 'aria-role'), `${name} <${tag}${words}>`)
      if (['input', 'textarea', 'image'].includes(tag)) assert.ok(attribute(words, 'aria-label'), `${name} <${tag}${words}>`)
      if (/class="(head|title)/.test(words)) assert.strictEqual(attribute(words, 'aria-role'), 'heading', `${name} <${tag}${words}>`)
    }
  }
})
