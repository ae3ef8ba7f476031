from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws `{{ form }}` and every field with Kepu's own component, so that forms of packages look the same."""

    form_template_name = "foundation/components/form.html"
    field_template_name = "foundation/components/field.html"
