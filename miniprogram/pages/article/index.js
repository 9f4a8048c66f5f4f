// One article: what it says, where it comes from, how long it holds.
const api = require('../../utils/api')

Component({
  behaviors: [require('../../utils/spoken')],
  data: { article: null, trouble: '' },
  methods: {
    onLoad(query) {
      this.number = query.number
      this.speak('news')
      return this.load()
    },
    load() {
      return api.call('article', { number: this.number }).then(
        article => this.setData({ article, trouble: '' }),
        refused => this.setData({ trouble: refused.message })
      )
    },
    copy() {
      wx.setClipboardData({ data: this.data.article.source_url })
    },
    ask() {
      const topic = this.data.article.topic_code
      wx.navigateTo({ url: topic ? `/pages/submit/index?topic=${topic}` : '/pages/submit/index' })
    },
    onShareAppMessage() {
      return { title: this.data.article.title, path: `/pages/article/index?number=${this.number}` }
    }
  }
})
