// 我的: sign in by a code to the telephone; then the enterprise's own requests, page by page, and the way to the rest.
const api = require('../../utils/api')
const moments = require('../../utils/moments')
const session = require('../../utils/session')
const store = require('../../utils/store')

const KINDS = [['', 'all'], ['waiting', 'waitingForYou'], ['open', 'inProgress'], ['closed', 'closedOnes']]
/** So many requests are on one page of the desk. */
const PAGE = 20

Component({
  behaviors: [require('../../utils/spoken'), require('../../utils/asking')],
  data: {
    fields: ['phone', 'code'], signed: false, phone: '', code: '', sent: false, account: null, asked: '', member: null,
    kinds: [], which: '', rows: [], older: '', waiting: 0, loaded: false
  },
  methods: {
    onShow() {
      const w = this.speak('my')
      const notice = store.get('notice', '')
      store.drop('notice')
      const signed = session.signedIn()
      this.setData({
        signed, note: signed ? notice : '', trouble: signed ? '' : notice,
        kinds: KINDS.map(([code, word]) => ({ code, word: w[word] }))
      })
      if (!signed) return this.clear()
      // Whoever has turned pages and comes back from one request goes on where he or she was.
      return this.data.rows.length > PAGE && !notice ? Promise.resolve() : this.load()
    },
    onPullDownRefresh() {
      return (this.data.signed ? this.load() : Promise.resolve()).then(() => wx.stopPullDownRefresh())
    },
    clear() {
      this.setData({ account: null, member: null, rows: [], older: '', waiting: 0, which: '', loaded: false })
    },
    ended() {
      this.setData({ signed: false, trouble: this.data.w.ended })
      this.clear()
    },
    sendCode() {
      const { phone, w } = this.data
      if (this.lacks({ phone: w.mobileMissing })) return Promise.resolve()
      return this.once(() => api.call('askSignIn', { phone: phone.trim() }).then(() => this.setData({ sent: true, note: w.signInSent })))
    },
    signIn() {
      const { phone, code, w } = this.data
      if (this.lacks({ phone: w.mobileMissing, code: w.codeMissing })) return Promise.resolve()
      return this.once(() => session.signIn(phone.trim(), code.trim()).then(() => {
        this.setData({ signed: true, sent: false, code: '' })
        return this.load()
      }))
    },
    /** Read who has signed in and for whom; the chosen enterprise stays while one acts for it. */
    load() {
      return session.ask('account').then(account => {
        const chosen = store.get('enterprise', '')
        const member = account.enterprises.find(one => one.register_code === chosen) || account.enterprises[0] || null
        store.set('enterprise', member ? member.register_code : '')
        this.setData({ account, member, trouble: '', asked: account.call ? moments.shown(account.call.asked_at) : '' })
        return member ? this.list() : this.setData({ rows: [], older: '', waiting: 0, loaded: false })
      }).catch(refused => this.refused(refused))
    },
    /** Ask for a page of requests; an answer that a newer question has overtaken is not shown. */
    list(before = '') {
      const wanted = { which: this.data.which, before }
      this.wanted = wanted
      return this.ask('ownRequests', wanted).then(
        said => {
          if (this.wanted !== wanted) return
          const rows = said.requests.map(one => Object.assign({}, one, { received_at: moments.shown(one.received_at) }))
          this.setData({
            rows: before ? this.data.rows.concat(rows) : rows, older: said.older, waiting: said.waiting, loaded: true, trouble: ''
          })
        },
        refused => this.wanted === wanted && this.refused(refused)
      )
    },
    again() {
      return this.load()
    },
    next() {
      return this.list(this.data.older)
    },
    pick(event) {
      this.setData({ which: event.currentTarget.dataset.code, loaded: false, rows: [], older: '' })
      return this.list()
    },
    choose(event) {
      const code = event.currentTarget.dataset.code
      store.set('enterprise', code)
      this.setData({
        member: this.data.account.enterprises.find(one => one.register_code === code), which: '', loaded: false, rows: [], older: '', waiting: 0
      })
      return this.list()
    },
    show(event) {
      wx.navigateTo({ url: `/pages/request/index?number=${event.currentTarget.dataset.number}` })
    },
    toProve() {
      wx.navigateTo({ url: '/pages/prove/index' })
    },
    toClaim() {
      wx.navigateTo({ url: '/pages/claim/index' })
    },
    toPeople() {
      wx.navigateTo({ url: '/pages/people/index' })
    },
    toNotices() {
      wx.navigateTo({ url: '/pages/notices/index' })
    },
    signOut() {
      const w = this.data.w
      return this.sure(w.signOut, w.signOutAsk).then(yes => yes && this.once(() => session.signOut().then(everywhere => {
        this.clear()
        this.setData({ signed: false, phone: '', code: '', sent: false, note: everywhere ? w.signedOut : w.signedOutHere })
      })))
    }
  }
})
