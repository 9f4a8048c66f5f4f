// The receipt: number, password said once, who is on it and by when; photographs go up meanwhile.
const moments = require('../../utils/moments')
const photos = require('../../utils/photos')
const session = require('../../utils/session')
const store = require('../../utils/store')

Component({
  behaviors: [require('../../utils/spoken')],
  data: { receipt: null, due: '', waiting: 0, trouble: '', note: '', claimable: false },
  methods: {
    onLoad(query) {
      this.speak('received')
      const receipt = JSON.parse(decodeURIComponent(query.receipt))
      // A report is never offered to the enterprise: who reports must not be found by the employer.
      const claimable = session.signedIn() && Boolean(store.get('enterprise', '') && receipt.password) && !receipt.report && !receipt.own
      this.setData({ receipt, due: moments.shown(receipt.due_at), claimable, note: receipt.own ? this.data.w.ownNow : '' })
      return this.upload()
    },
    upload() {
      const number = this.data.receipt.number
      const after = trouble => this.setData({ waiting: photos.waiting(number).length, trouble })
      return photos.flush(number).then(refusals => after(refusals.join(' ')), () => after(''))
    },
    claim() {
      const { receipt, w } = this.data
      const enterprise = store.get('enterprise', '')
      return session.ask('claim', { number: receipt.number, password: receipt.password, enterprise }).then(
        () => {
          session.remember({ number: receipt.number, taken: enterprise })
          this.setData({ claimable: false, note: w.claimed, trouble: '' })
        },
        refused => {
          if (refused.fields.phone_tail) wx.navigateTo({ url: `/pages/claim/index?number=${receipt.number}` })
          this.setData({ claimable: refused.kind !== 'closed', trouble: refused.message || w.ended })
        }
      )
    },
    copy() {
      const { receipt, w } = this.data
      wx.setClipboardData({ data: `${w.number} ${receipt.number} ${w.password} ${receipt.password}` })
    },
    show() {
      wx.redirectTo({ url: `/pages/request/index?number=${this.data.receipt.number}` })
    }
  }
})
