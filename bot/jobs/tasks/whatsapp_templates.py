"""`whatsapp_templates`: brings our templates and Meta's list together."""

from bot.conversation.template_desk import TemplateDesk


async def whatsapp_templates(templates: TemplateDesk | None) -> None:
    """Do so, where there is an account; what goes wrong stands on the desk."""
    if templates is not None:
        await templates.sync()
