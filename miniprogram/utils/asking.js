// What the pages of the account share: one thing at a time, refusals at their fields, a way back where it has ended.
const session = require('./session')
const store = require('./store')

module.exports = Behavior({
  data: { fields: [], errors: {}, trouble: '', note: '' },
  methods: {
    typed(event) {
      this.setData({ [event.detail.name]: event.detail.value })
    },
    /** Say at its field what is still missing: `needed` is a sentence for each field. */
    lacks(needed) {
      const errors = {}
      Object.keys(needed).forEach(name => { if (!this.data[name].trim()) errors[name] = needed[name] })
      this.setData({ errors, trouble: '', note: '' })
      return Object.keys(errors).length > 0
    },
    /** Ask for the enterprise that is acted for. */
    ask(name, values = {}) {
      return session.ask(name, Object.assign({ enterprise: store.get('enterprise', '') }, values))
    },
    /** Do one thing; a second tap meanwhile does nothing, and what was typed stays where the desk says no. */
    once(act) {
      if (this.busy) return Promise.resolve()
      this.busy = true
      this.setData({ errors: {}, trouble: '', note: '' })
      return act().catch(refused => this.refused(refused)).then(() => { this.busy = false })
    },
    /** Say a refusal at the fields of this page, and what belongs to none of them above. */
    refused(refused) {
      if (refused.kind === 'closed') return this.ended()
      const named = Object.keys(refused.fields)
      const elsewhere = named.filter(name => !this.data.fields.includes(name)).map(name => refused.fields[name])
      return this.setData({ errors: refused.fields, trouble: named.length ? elsewhere.join(' ') : refused.message })
    },
    ended() {
      this.leave(this.data.w.ended)
    },
    /** Ask before something that others notice. */
    sure(title, content) {
      const { sure, no } = this.data.w
      return new Promise(resolve => wx.showModal({
        title, content, confirmText: sure, cancelText: no, success: said => resolve(said.confirm)
      }))
    },
    /** Go back to the account, which says what happened. */
    leave(notice) {
      store.set('notice', notice)
      wx.switchTab({ url: '/pages/my/index' })
    }
  }
})
