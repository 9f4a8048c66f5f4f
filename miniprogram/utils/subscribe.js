// Consent to be told in WeChat. One consent is one message, so it is asked for where news is awaited.
const api = require('./api')

/** Learn which message to ask for, before the tap: WeChat opens its question only straight from one. */
function template() {
  return api.call('subscription').then(said => said.template_id, () => '')
}

/** Ask; resolves to whether the enterprise agreed. */
function ask(id) {
  return new Promise(resolve => {
    if (!id) resolve(false)
    else wx.requestSubscribeMessage({ tmplIds: [id], success: said => resolve(said[id] === 'accept'), fail: () => resolve(false) })
  })
}

module.exports = { template, ask }
