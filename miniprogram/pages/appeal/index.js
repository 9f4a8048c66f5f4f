// 反映投诉: begin a request, go on with one of this phone, or open one with number and password.
const api = require('../../utils/api')
const { shown } = require('../../utils/numbers')
const session = require('../../utils/session')
const store = require('../../utils/store')
const submission = require('../../utils/submission')
const words = require('../../utils/words')

Component({
  behaviors: [require('../../utils/spoken')],
  data: { mine: [], pending: false, number: '', password: '', tail: '', askTail: false, errors: {}, trouble: '', lost: false, code: '', note: '' },
  methods: {
    onShow() {
      this.speak('appeal')
      this.setData({ mine: session.mine(), pending: Boolean(submission.pending()) })
      this.askFor(store.get('tail', null))
    },
    typed(event) {
      this.setData({ [event.detail.name]: event.detail.value })
    },
    /** Another page was told that the desk wants the telephone's ending too. */
    askFor(wanted) {
      if (!wanted) return
      store.drop('tail')
      const known = session.mine().find(one => one.number === wanted.number) || {}
      this.setData({ askTail: true, number: wanted.number, password: known.password || '', errors: { phone_tail: wanted.message } })
    },
    begin() {
      wx.navigateTo({ url: '/pages/submit/index' })
    },
    show(event) {
      wx.navigateTo({ url: `/pages/request/index?number=${event.currentTarget.dataset.number}` })
    },
    look() {
      const { number, password, tail, w } = this.data
      const errors = {}
      if (!number.trim()) errors.number = w.numberMissing
      if (!password.trim()) errors.password = w.passwordMissing
      this.setData({ errors, trouble: '' })
      if (Object.keys(errors).length || this.busy) return Promise.resolve()
      this.busy = true
      return session.open(shown(number), password.trim(), tail.trim()).then(
        () => {
          this.setData({ password: '', tail: '', askTail: false })
          wx.navigateTo({ url: `/pages/request/index?number=${shown(number)}` })
        },
        refused => this.setData({
          errors: refused.fields,
          askTail: this.data.askTail || Boolean(refused.fields.phone_tail),
          trouble: Object.keys(refused.fields).length ? '' : refused.message
        })
      ).then(() => { this.busy = false })
    },
    lose() {
      this.setData({ lost: !this.data.lost, code: '', note: '', errors: {}, trouble: '' })
    },
    /** The answer is the same whether there is such a request or not. */
    sendCode() {
      const { number, w } = this.data
      if (!number.trim()) return this.setData({ errors: { number: w.numberMissing } })
      return this.once(api.call('askCode', { number: shown(number) }).then(() => this.setData({ note: w.codeSent })))
    },
    renew() {
      const { number, code, w } = this.data
      const errors = {}
      if (!number.trim()) errors.number = w.numberMissing
      if (!code.trim()) errors.code = w.codeMissing
      this.setData({ errors, trouble: '' })
      if (Object.keys(errors).length) return Promise.resolve()
      return this.once(session.renew(shown(number), code.trim()).then(said => {
        this.setData({ lost: false, code: '', note: '', mine: session.mine() })
        wx.navigateTo({ url: `/pages/request/index?number=${said.number}` })
      }))
    },
    once(asked) {
      this.setData({ errors: {}, trouble: '', note: '' })
      return asked.catch(refused => this.setData({
        errors: refused.fields, trouble: Object.keys(refused.fields).length ? '' : refused.message
      }))
    },
    forget(event) {
      const number = event.currentTarget.dataset.number
      const w = this.data.w
      wx.showModal({
        title: w.forget,
        content: w.forgetAsk,
        confirmText: w.sure,
        cancelText: w.no,
        success: said => {
          if (!said.confirm) return
          session.forget(number)
          this.setData({ mine: session.mine() })
        }
      })
    },
    speakOther() {
      store.set('language', words.language() === 'en' ? 'zh' : 'en')
      wx.reLaunch({ url: '/pages/appeal/index' })
    }
  }
})
