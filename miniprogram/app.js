// Starts in the language of the phone; the tab bar is the only thing that no page can word for itself.
const words = require('./utils/words')

App({
  onLaunch() {
    const said = words.table()
    ;['hall', 'news', 'appeal', 'my'].forEach((name, index) => wx.setTabBarItem({ index, text: said[name] }))
  }
})
