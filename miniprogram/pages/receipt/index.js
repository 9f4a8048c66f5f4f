// The receipt: number, password said once, who is on it and by when; photographs go up meanwhile.
const moments = require('../../utils/moments')
const photos = require('../../utils/photos')

Component({
  behaviors: [require('../../utils/spoken')],
  data: { receipt: null, due: '', waiting: 0, trouble: '' },
  methods: {
    onLoad(query) {
      this.speak('received')
      const receipt = JSON.parse(decodeURIComponent(query.receipt))
      this.setData({ receipt, due: moments.shown(receipt.due_at) })
      return this.upload()
    },
    upload() {
      const number = this.data.receipt.number
      const after = trouble => this.setData({ waiting: photos.waiting(number).length, trouble })
      return photos.flush(number).then(refusals => after(refusals.join(' ')), () => after(''))
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
