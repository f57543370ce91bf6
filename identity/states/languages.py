"""The languages in which colleagues can be spoken to: a closed set of BCP 47 tags."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Language(StrEnum):
    """A language, as its BCP 47 tag (shortest form, RFC 5646)."""

    ALBANIAN = "sq"
    AMHARIC = "am"
    ARABIC = "ar"
    BOSNIAN = "bs"
    BULGARIAN = "bg"
    CHINESE = "zh"
    CROATIAN = "hr"
    CZECH = "cs"
    DANISH = "da"
    DARI = "prs"
    DUTCH = "nl"
    ENGLISH = "en"
    FRENCH = "fr"
    GEORGIAN = "ka"
    GERMAN = "de"
    GERMAN_SIGN_LANGUAGE = "gsg"
    GREEK = "el"
    HEBREW = "he"
    HINDI = "hi"
    HUNGARIAN = "hu"
    ITALIAN = "it"
    JAPANESE = "ja"
    KOREAN = "ko"
    KURMANJI = "kmr"
    MACEDONIAN = "mk"
    PASHTO = "ps"
    PERSIAN = "fa"
    POLISH = "pl"
    PORTUGUESE = "pt"
    ROMANIAN = "ro"
    RUSSIAN = "ru"
    SERBIAN = "sr"
    SLOVAK = "sk"
    SLOVENE = "sl"
    SOMALI = "so"
    SORANI = "ckb"
    SPANISH = "es"
    SWEDISH = "sv"
    TAMIL = "ta"
    TIGRINYA = "ti"
    TURKISH = "tr"
    UKRAINIAN = "uk"
    URDU = "ur"
    VIETNAMESE = "vi"


LANGUAGE_NAMES: dict[str, Promise] = {
    Language.ALBANIAN: _("Albanian"),
    Language.AMHARIC: _("Amharic"),
    Language.ARABIC: _("Arabic"),
    Language.BOSNIAN: _("Bosnian"),
    Language.BULGARIAN: _("Bulgarian"),
    Language.CHINESE: _("Chinese"),
    Language.CROATIAN: _("Croatian"),
    Language.CZECH: _("Czech"),
    Language.DANISH: _("Danish"),
    Language.DARI: _("Dari"),
    Language.DUTCH: _("Dutch"),
    Language.ENGLISH: _("English"),
    Language.FRENCH: _("French"),
    Language.GEORGIAN: _("Georgian"),
    Language.GERMAN: _("German"),
    Language.GERMAN_SIGN_LANGUAGE: _("German Sign Language"),
    Language.GREEK: _("Greek"),
    Language.HEBREW: _("Hebrew"),
    Language.HINDI: _("Hindi"),
    Language.HUNGARIAN: _("Hungarian"),
    Language.ITALIAN: _("Italian"),
    Language.JAPANESE: _("Japanese"),
    Language.KOREAN: _("Korean"),
    Language.KURMANJI: _("Kurdish (Kurmanji)"),
    Language.MACEDONIAN: _("Macedonian"),
    Language.PASHTO: _("Pashto"),
    Language.PERSIAN: _("Persian (Farsi)"),
    Language.POLISH: _("Polish"),
    Language.PORTUGUESE: _("Portuguese"),
    Language.ROMANIAN: _("Romanian"),
    Language.RUSSIAN: _("Russian"),
    Language.SERBIAN: _("Serbian"),
    Language.SLOVAK: _("Slovak"),
    Language.SLOVENE: _("Slovene"),
    Language.SOMALI: _("Somali"),
    Language.SORANI: _("Kurdish (Sorani)"),
    Language.SPANISH: _("Spanish"),
    Language.SWEDISH: _("Swedish"),
    Language.TAMIL: _("Tamil"),
    Language.TIGRINYA: _("Tigrinya"),
    Language.TURKISH: _("Turkish"),
    Language.UKRAINIAN: _("Ukrainian"),
    Language.URDU: _("Urdu"),
    Language.VIETNAMESE: _("Vietnamese"),
}


def language_name(tag: str) -> str:
    """What people call a language, in the language of the request."""
    return str(LANGUAGE_NAMES.get(tag, tag))
