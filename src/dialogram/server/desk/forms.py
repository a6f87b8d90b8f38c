"""What the desk's pages take in: the shape of it; whether it can be done is said by the domain."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dialogram.server.accounts.models import User
from dialogram.server.records.enums import MemberRole
from dialogram.server.records.models import Participant
from dialogram.study import Questionnaire, Role
from dialogram.study.design import SHIPPED, shipped_text
from dialogram.study.lab_code import code_warning

_MEDIA_TIME = re.compile(r"(?:(?:(\d{1,3}):)?([0-5]?\d):)?(\d{1,5}(?:[.,]\d{1,3})?)")
MOST_DESIGN_BYTES = 512 * 1024


class PlainForm(forms.Form):
    """A form whose labels carry no colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class MediaTimeField(forms.CharField):
    """A place in a recording: m:ss, h:mm:ss or seconds, with decimals where wanted."""

    def clean(self, value: Any) -> Any:
        found = _MEDIA_TIME.fullmatch(super().clean(value) or "")
        if found is None:
            raise ValidationError(_("Write a time as minutes:seconds, such as 1:30."), code="time")
        hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds


def _password_field(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=1000, widget=widget)


class SignInForm(PlainForm):
    username = forms.CharField(
        label=_("Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = _password_field(_("Password"), "current-password")


class NewPasswordForm(PlainForm):
    """A new password, looked at as strictly everywhere."""

    password = _password_field(_("New password"), "new-password")

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = _("At least 12 characters. A few unrelated words are good.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "password" in given:
            user = self.user or User(username=given.get("username", ""))
            try:
                validate_password(given["password"], user)
            except ValidationError as error:
                self.add_error("password", error)
        return given


class FirstAccountForm(NewPasswordForm):
    username = forms.CharField(
        label=_("Your name at the desk"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["username", "password"]


class ChangePasswordForm(NewPasswordForm):
    old_password = _password_field(_("Password so far"), "current-password")
    field_order = ["old_password", "password"]

    def clean_old_password(self) -> str:
        given: str = self.cleaned_data["old_password"]
        if self.user is None or not self.user.check_password(given):
            raise ValidationError(_("This is not the password."), code="password")
        return given


class DesignForm(PlainForm):
    """A design file: one that is shipped, or one's own."""

    design_file = forms.FileField(
        label=_("Design file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )

    def clean_design_file(self) -> str:
        given = self.cleaned_data["design_file"]
        if not given:
            return ""
        if given.size > MOST_DESIGN_BYTES:
            raise ValidationError(_("A design file holds at most 512 KiB."), code="size")
        try:
            text: str = given.read().decode("utf-8")
        except UnicodeDecodeError:
            raise ValidationError(_("This is not a text file in UTF-8."), code="encoding") from None
        return text


class NewStudyForm(DesignForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    design = forms.ChoiceField(
        label=_("Design"),
        choices=[(name, shipped_name) for name, shipped_name in ((one, one.capitalize()) for one in SHIPPED)]
        + [("file", _("My own design file"))],
        widget=forms.RadioSelect,
        initial=SHIPPED[0],
    )
    deals = forms.ChoiceField(
        label=_("Do you meet the therapists of this study?"),
        choices=[
            ("yes", _("Yes. What clients rate and say stays closed to me until the therapist has guessed.")),
            ("no", _("No, I have nothing to do with the therapists.")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ["name", "design", "design_file", "deals"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("design") == "file":
            if "design_file" in given and not given["design_file"]:
                self.add_error("design_file", ValidationError(_("Choose the file."), code="required"))
            given["design_text"] = given.get("design_file", "")
        elif given.get("design"):
            given["design_text"] = shipped_text(given["design"])
        return given


class PersonForm(PlainForm):
    """A participant's code, who it is, and which desk account is the same person."""

    code = forms.CharField(
        label=_("Code"),
        max_length=32,
        help_text=_("As it stands in your lab. It must say nothing about the person."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("Name"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    contact = forms.CharField(
        label=_("Contact"), max_length=500, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    account = forms.ChoiceField(
        label=_("Desk account of the same person"),
        required=False,
        help_text=_("Then this account cannot open the dyads it takes part in."),
    )
    use_all_the_same = forms.BooleanField(label=_("Use this code all the same"), required=False)

    def __init__(self, *args: Any, accounts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        if isinstance(account, forms.ChoiceField):
            account.choices = [("", _("none")), *((str(pk), name) for pk, name in accounts)]
        self.warned = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_new = "code" in given and "code" in self.changed_data
        warning = code_warning(given["code"]) if is_new else None
        if warning:
            self.warned = True
            if not given["use_all_the_same"]:
                self.add_error("code", ValidationError(warning, code="warning"))
        return given


class ParticipantForm(PersonForm):
    """A new participant."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(Role.CLIENT, _("Client")), (Role.THERAPIST, _("Therapist")), (Role.OBSERVER, _("Observer"))],
    )


class DyadForm(PlainForm):
    client = forms.ChoiceField(label=_("Client"))
    therapist = forms.ChoiceField(label=_("Therapist"))

    def __init__(self, *args: Any, people: Sequence[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in (Role.CLIENT, Role.THERAPIST):
            field = self.fields[role]
            if isinstance(field, forms.ChoiceField):
                field.choices = [(person.pk, person.code) for person in people if person.role == role]


class NumberForm(PlainForm):
    """A session's place in the course of therapy."""

    number = forms.IntegerField(label=_("Number in the course of therapy"), min_value=1, max_value=9999)
    held_on = forms.DateField(
        label=_("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class SessionForm(NumberForm):
    """A new session."""

    dyad = forms.ChoiceField(label=_("Dyad"))
    field_order = ["dyad", "number", "held_on"]

    def __init__(self, *args: Any, dyads: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["dyad"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(dyads.items())


class TotalField(forms.CharField):
    """A questionnaire's total, with a comma or a point; None where nothing was typed."""

    def clean(self, value: Any) -> Any:
        typed: str = super().clean(value)
        try:
            return float(typed.replace(",", ".")) if typed else None
        except ValueError:
            raise ValidationError(_("Write a number."), code="number") from None


class TotalsForm(PlainForm):
    """The totals of one participant's questionnaires."""

    def __init__(
        self,
        *args: Any,
        role: Role,
        questionnaires: Sequence[Questionnaire],
        totals: Mapping[str, float] = MappingProxyType({}),
        **kwargs: Any,
    ) -> None:
        # Not a digit less than was typed once: what is kept again must be the same.
        initial = {key: f"{total:.15g}" for key, total in totals.items()}
        super().__init__(*args, initial=initial, auto_id=f"{role}-%s", **kwargs)
        for one in questionnaires:
            self.fields[one.key] = TotalField(
                label=one.name,
                help_text=f"{one.low:g} – {one.high:g}",
                required=False,
                max_length=32,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )


class MemberForm(PlainForm):
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(MemberRole.RESEARCHER, _("Researcher")), (MemberRole.OWNER, _("Owner"))],
    )
    deals = forms.BooleanField(label=_("Meets the therapists of this study"), required=False, initial=True)


class NewMemberForm(MemberForm):
    username = forms.CharField(
        label=_("Name at the desk"),
        max_length=150,
        help_text=_("If there is no such account yet, it is made, with a password that is shown once."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    participant = forms.ChoiceField(
        label=_("Is this person a participant of the study?"),
        required=False,
        help_text=_("Then this account cannot open the dyads it takes part in."),
    )
    field_order = ["username", "role", "deals", "participant"]

    def __init__(self, *args: Any, people: Sequence[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["participant"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("no")), *((person.pk, person.code) for person in people)]


class TrimForm(PlainForm):
    start = MediaTimeField(label=_("Starts at"), max_length=16)
    end = MediaTimeField(label=_("Ends at"), max_length=16)


class ReasonForm(PlainForm):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class PaperConsentForm(PlainForm):
    """What a signed form says."""

    agreed = forms.BooleanField(error_messages={"required": _("Tick that you hold the signed form.")})
    clips = forms.BooleanField(required=False)
    signed_on = forms.DateField(required=False, error_messages={"invalid": _("Write the day of signing.")})
    differs = forms.BooleanField(required=False)


class NoteForm(PlainForm):
    note = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class SaidForm(PlainForm):
    """What staff typed of a segment while the participant spoke."""

    text = forms.CharField(required=False, max_length=20_000, strip=False)
    moment = forms.CharField(required=False, max_length=16)
    skipped = forms.BooleanField(required=False)
    vetoed = forms.BooleanField(required=False)
