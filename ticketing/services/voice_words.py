"""What the telephone says, in the languages of the lines; read out, so never looked up in the catalog."""

from routing.directory import Hotline

FALLBACK = "en"
GREETING = {
    "zh": "您好，这里是%(line)s。为保证服务质量，本次通话将被录音。",
    "en": "Hello, this is the %(line)s. This call is recorded.",
    "ru": "Здравствуйте, это %(line)s. Разговор записывается.",
}
CHOOSE = {
    "zh": "中文服务请按%(key)s。",
    "en": "For English press %(key)s.",
    "ru": "Для русского языка нажмите %(key)s.",
}
BUSY = {
    "zh": "现在接线员都在通话。回拨请按1，留言请按2，继续等待请不要挂机。",
    "en": "All operators are talking. Press 1 to be called back, 2 to leave a message, or stay on the line.",
    "ru": "Все операторы заняты. Нажмите 1 для обратного звонка, 2 для сообщения или оставайтесь на линии.",
}
CLOSED = {
    "zh": "现在没有人接听。回拨请按1，留言请按2。",
    "en": "Nobody can answer now. Press 1 to be called back, 2 to leave a message.",
    "ru": "Сейчас никто не может ответить. Нажмите 1 для обратного звонка, 2 для сообщения.",
}
POSITION = {
    "zh": "您现在排在第%(position)s位。不想等待，请按1，我们给您回拨。",
    "en": "You are number %(position)s in the queue. Press 1 if you would rather be called back.",
    "ru": "Ваш номер в очереди: %(position)s. Нажмите 1, и мы вам перезвоним.",
}
CALLBACK = {
    "zh": "好的，我们会拨打您现在使用的号码。再见。",
    "en": "We will call you back at this number. Goodbye.",
    "ru": "Мы перезвоним вам на этот номер. До свидания.",
}
DANGER = {
    "zh": "有生命危险，请挂机拨打110、119或120。",
    "en": "If anybody is in danger, hang up and dial 110, 119 or 120.",
    "ru": "Если есть опасность для жизни, повесьте трубку и наберите 110, 119 или 120.",
}
MESSAGE = {
    "zh": "请在提示音后留言，说完请按井号键。",
    "en": "Please speak after the tone and press the hash key when you have finished.",
    "ru": "Говорите после сигнала и нажмите решётку, когда закончите.",
}
HOLD = {
    "zh": "请稍候，接线员马上回来，请不要挂机。",
    "en": "One moment please. The operator will be back with you; stay on the line.",
    "ru": "Подождите, пожалуйста. Оператор скоро вернётся, не вешайте трубку.",
}
MOVED = {
    "zh": "正在为您转接%(line)s，请稍候。",
    "en": "We are putting you through to the %(line)s.",
    "ru": "Соединяем вас: %(line)s.",
}
THANKS = {
    "zh": "留言已收到，会有专人处理。再见。",
    "en": "We have your message and will see to it. Goodbye.",
    "ru": "Ваше сообщение получено. До свидания.",
}


def said(words: dict[str, str], language: str, **values: object) -> str:
    """Return words in a language of the lines."""
    return words.get(language, words[FALLBACK]) % values


def greeting(line: Hotline, language: str) -> str:
    """Return how a line answers, with the announcement that the call is recorded."""
    return said(GREETING, language, line=line.label_zh if language == "zh" else line.label_en)
