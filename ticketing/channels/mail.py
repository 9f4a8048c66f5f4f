"""E-mail by SMTP, encrypted wherever the server offers it."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage

from ticketing.channels.base import Refused, Retry
from ticketing.domain.messages import Outbound

TIMEOUT = 15


@dataclass(frozen=True)
class Mailer:
    """One server and one sender."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None

    def send(self, message: Outbound) -> str | None:
        """Send one letter; its id is the delivery's key, so that a second copy can be told as such."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.sender, message.address, message.subject
        letter["Message-ID"] = f"<{message.key}@{self.sender.partition('@')[2]}>"
        letter.set_content(message.body)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT) as server:
                if server.has_extn("starttls") or (server.ehlo()[0] and server.has_extn("starttls")):
                    server.starttls(context=ssl.create_default_context())
                if self.user and self.password:
                    server.login(self.user, self.password)
                server.send_message(letter)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
            raise Refused(f"the mail server refused the address: {type(error).__name__}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Retry(f"the mail server cannot be reached: {type(error).__name__}") from error
        return str(letter["Message-ID"])
