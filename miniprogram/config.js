// The one file that a province changes, beside the app id in project.config.json: where its desk answers.
module.exports = {
  base: 'https://desk.example.gov.cn'
}
