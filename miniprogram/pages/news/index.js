// 营商动态: policies, notices and guides that hold today.
const api = require('../../utils/api')

const KINDS = [['', 'all'], ['policy', 'policies'], ['notice', 'notices'], ['guide', 'guides']]

Component({
  behaviors: [require('../../utils/spoken')],
  data: { kinds: [], kind: '', query: '', rows: [], trouble: '', loaded: false, more: false },
  methods: {
    onLoad() {
      return this.load()
    },
    onShow() {
      const w = this.speak('news')
      this.setData({ kinds: KINDS.map(([code, word]) => ({ code, word: w[word] })) })
    },
    /** Ask for the list; an answer that a newer question has overtaken is not shown. */
    load(before) {
      const asked = { kind: this.data.kind, q: this.data.query.trim(), before }
      this.asked = asked
      return api.call('articles', asked).then(
        rows => {
          if (this.asked !== asked) return
          const shown = before ? this.data.rows.concat(rows) : rows
          this.setData({ rows: shown, trouble: '', loaded: true, more: rows.length > 0 && !asked.q })
        },
        refused => this.setData({ trouble: refused.message })
      ).then(() => wx.stopPullDownRefresh())
    },
    again() {
      return this.load()
    },
    next() {
      const last = this.data.rows[this.data.rows.length - 1]
      return this.load(last.id)
    },
    pick(event) {
      this.setData({ kind: event.currentTarget.dataset.code })
      return this.load()
    },
    typed(event) {
      this.setData({ query: event.detail.value })
    },
    onPullDownRefresh() {
      return this.load()
    },
    read(event) {
      wx.navigateTo({ url: `/pages/article/index?number=${event.currentTarget.dataset.number}` })
    }
  }
})
