// 网上大厅: topics by department; one tap begins a request on that topic.
const lists = require('../../utils/lists')

function grouped(topics, query) {
  const groups = []
  topics.filter(one => fits(one, query)).forEach(one => {
    const name = lists.named(one, 'line')
    const known = groups.find(group => group.line === one.line)
    const shown = { code: one.code, name: lists.named(one) }
    if (known) known.topics.push(shown)
    else groups.push({ line: one.line, name, topics: [shown] })
  })
  return groups
}

function fits(topic, query) {
  const words = [topic.name_zh, topic.name_en, topic.line_zh, topic.line_en].join(' ').toLowerCase()
  return words.includes(query.trim().toLowerCase())
}

Component({
  behaviors: [require('../../utils/spoken')],
  data: { groups: [], query: '', trouble: '', loaded: false },
  methods: {
    onLoad() {
      return this.load()
    },
    onShow() {
      this.speak('hall')
      if (this.topics) this.show()
    },
    load() {
      return lists.list('topics').then(
        topics => {
          this.topics = topics
          this.setData({ trouble: '', loaded: true })
          this.show()
        },
        refused => this.setData({ trouble: refused.message })
      )
    },
    show() {
      this.setData({ groups: grouped(this.topics, this.data.query) })
    },
    look(event) {
      this.setData({ query: event.detail.value })
      if (this.topics) this.show()
    },
    begin(event) {
      const topic = event.currentTarget.dataset.code
      wx.navigateTo({ url: topic ? `/pages/submit/index?topic=${topic}` : '/pages/submit/index' })
    }
  }
})
