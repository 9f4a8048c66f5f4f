// How one wants to be told: by text message, e-mail, WeChat, or not at all.
const session = require('../../utils/session')
const subscribe = require('../../utils/subscribe')

Component({
  behaviors: [require('../../utils/spoken'), require('../../utils/asking')],
  data: { fields: ['name', 'email', 'told_by'], name: '', email: '', ways: [], loaded: false, wechat: false },
  methods: {
    onLoad() {
      this.speak('tellHow')
      return this.load()
    },
    /** WeChat is offered where the desk has a message for it. */
    load() {
      return Promise.all([session.ask('settings'), subscribe.template()]).then(([said, template]) => {
        this.template = template
        this.show(said)
      }).catch(refused => this.refused(refused))
    },
    show(said) {
      const on = way => said.told_by.includes(way)
      const ways = said.ways.filter(one => one.way !== 'wechat' || this.template || on('wechat'))
      this.setData({
        name: said.name, email: said.email, loaded: true, wechat: on('wechat') && Boolean(this.template),
        ways: ways.map(one => ({ way: one.way, words: one.words, on: on(one.way) }))
      })
    },
    again() {
      return this.load()
    },
    tick(event) {
      const { way } = event.currentTarget.dataset
      this.setData({ ways: this.data.ways.map(one => (one.way === way ? Object.assign({}, one, { on: !one.on }) : one)) })
    },
    /** Keep the choice; WeChat's own question opens from this tap, and who says no there is not told there. */
    save() {
      const { name, email, w } = this.data
      if (this.lacks({ name: w.empty })) return Promise.resolve()
      const chosen = this.data.ways.filter(one => one.on).map(one => one.way)
      const newly = chosen.includes('wechat') && !this.data.wechat
      const agreed = newly ? subscribe.ask(this.template) : Promise.resolve(true)
      return this.once(() => agreed.then(yes => this.settle(name.trim(), email.trim(), yes ? chosen : chosen.filter(one => one !== 'wechat'), newly && yes)
        .then(() => this.setData({ note: yes ? w.savedNow : `${w.savedNow} ${w.withoutWeChat}` }))))
    },
    settle(name, email, told_by, tie) {
      const token = tie ? session.wechat() : Promise.resolve('')
      return token.then(wechat => session.ask('settle', { name, email, told_by, wechat })).then(said => this.show(said))
    },
    subscribe() {
      const w = this.data.w
      return subscribe.ask(this.template).then(yes => this.setData({ trouble: '', note: yes ? w.willTell : w.wontTell }))
    }
  }
})
