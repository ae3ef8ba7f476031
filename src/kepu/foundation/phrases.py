"""Sentences of Django's own that a clerk reads; their Chinese here takes the place of Django's."""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("This field is required."),
    _("Enter a valid value."),
    _("Enter a number."),
    _("Enter a whole number."),
    _("Enter a valid date."),
    _("Enter a valid time."),
    _("Enter a valid date/time."),
    _("Enter a valid email address."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("No file was submitted. Check the encoding type on the form."),
    _("No file was submitted."),
    _("The submitted file is empty."),
)
