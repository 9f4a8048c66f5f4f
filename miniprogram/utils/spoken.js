// What every page has: the words in the language of the phone, and its title in them.
const words = require('./words')

module.exports = Behavior({
  data: { w: {} },
  methods: {
    speak(title) {
      const w = words.table()
      this.setData({ w })
      if (title) wx.setNavigationBarTitle({ title: w[title] })
      return w
    }
  }
})
