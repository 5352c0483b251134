"""What operations are called: `product.verb_noun`, a name that Python, the CLI and the UI share."""

from __future__ import annotations

import re

PRODUCTS = {
    "ad-publishing": "ad_manager",
    "saas-api": "saas",
    "social-planner": "social_media_posting",
}
"""Files of the specs whose product has another name in the other set, or a clumsy one."""

NAMES: dict[str, dict[str, str]] = {
    "contacts": {
        "search-contacts-advanced": "search",
        "get-contacts-by-businessId": "list_by_business",
        "get-duplicate-contact": "find_duplicate",
        "get-all-tasks": "list_tasks",
        "update-task-completed": "complete_task",
        "get-appointments-for-contact": "list_appointments",
        "get-all-notes": "list_notes",
        "create-association": "bulk_tags",
        "add-remove-contact-from-business": "bulk_business",
        "add-followers-contact": "add_followers",
        "remove-followers-contact": "remove_followers",
        "add-contact-to-campaign": "add_to_campaign",
        "remove-contact-from-campaign": "remove_from_campaign",
        "remove-contact-from-every-campaign": "remove_from_all_campaigns",
        "add-contact-to-workflow": "add_to_workflow",
        "delete-contact-from-workflow": "remove_from_workflow",
    },
    "calendars": {
        "get-slots": "free_slots",
        "get-groups": "list_groups",
        "create-calendar-group": "create_group",
        "edit-group": "update_group",
        "disable-group": "update_group_status",
        "validate-groups-slug": "validate_group_slug",
        "get-calendar-events": "list_events",
        "get-blocked-slots": "list_blocked_slots",
        "edit-appointment": "update_appointment",
        "edit-block-slot": "update_block_slot",
        "get-appointment-notes": "list_appointment_notes",
        "get-event-notification": "list_notifications",
        "find-event-notification": "get_notification",
        "create-event-notification": "create_notification",
        "update-event-notification": "update_notification",
        "delete-event-notification": "delete_notification",
        "fetch-calendar-resources": "list_resources",
        "get-calendar-resource": "get_resource",
        "create-calendar-resource": "create_resource",
        "update-calendar-resource": "update_resource",
        "delete-calendar-resource": "delete_resource",
    },
    "opportunities": {
        "search-opportunities-advanced": "search_advanced",
        "get-pipelines": "list_pipelines",
        "update-opportunity-status": "update_status",
        "add-followers-opportunity": "add_followers",
        "remove-followers-opportunity": "remove_followers",
        "get-lost-reason": "list_lost_reasons",
    },
    "users": {
        "filter-users-by-email": "filter_by_email",
        "get-user-by-location": "list",
    },
    "conversations": {
        "get-messages": "list_messages",
        "get-message-recording": "get_recording",
        "get-message-transcription": "get_transcription",
        "download-message-transcription": "download_transcription",
        "live-chat-agent-typing": "agent_typing",
        "send-a-new-message": "send_message",
        "add-an-inbound-message": "add_inbound_message",
        "add-an-outbound-message": "add_outbound_call",
        "upload-file-attachments": "upload_attachments",
    },
    "businesses": {"get-businesses-by-location": "list"},
    "workflows": {"get-workflow": "list"},
    "snapshots": {"get-custom-snapshots": "list"},
    "locations": {
        "put-location": "update",
        "get-custom-fields": "list_custom_fields",
        "get-custom-values": "list_custom_values",
        "get-location-tags": "list_tags",
        "task-search": "search_tasks",
        "GET-all-or-email-sms-templates": "list_templates",
        "DELETE-an-email-sms-template": "delete_template",
        "upload-file-customFields": "upload_to_custom_fields",
        "get-location-permissions": "get_permissions",
        "update-location-permissions": "update_permissions",
    },
    "associations": {
        "find-associations": "list",
        "get-association-by-ID": "get",
        "get-association-key-by-key-name": "get_by_key",
        "get-association-by-object-keys": "get_by_object_key",
        "get-relations-by-record-id": "list_relations",
    },
    "blogs": {
        "check-url-slug-exists": "check_slug",
        "get-all-blog-authors-by-location": "list_authors",
        "get-all-categories-by-location": "list_categories",
        "get-blog-post": "list_posts",
        "create-blog-post": "create_post",
        "update-blog-post": "update_post",
    },
    "oauth": {
        "get-access-token": "get_token",
        "get-location-access-token": "get_location_token",
        "get-installed-location": "list_installed_locations",
    },
    "courses": {"import-courses": "import_courses"},
    "knowledge_base": {
        "list": "list_faqs",
        "create": "create_faq",
        "update": "update_faq",
        "delete": "delete_faq",
    },
    "emails": {"delete-campaign": "delete_email_campaign"},
    "products": {"list-invoices": "list"},
}
"""Names chosen by hand, by product and official operation id. Everything else follows the rule."""

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_RESERVED = {"import", "from", "global"}


def product_of(file_stem: str) -> str:
    """Return the product's name: `contacts-v3` and `contacts` are both `contacts`."""
    stem = file_stem.removesuffix("-v3")
    return PRODUCTS.get(stem, stem.replace("-", "_"))


def name_of(product: str, official: str) -> str:
    """Return an operation's name within its product.

    By rule it is the official id in snake case, and just the verb where the rest names the product.
    """
    chosen = NAMES.get(product, {}).get(official)
    if chosen is not None:
        return chosen
    words: list[str] = [word.lower() for word in _WORDS.findall(official)]
    singular = re.sub("sses$", "ss", re.sub("ies$", "y", product))
    singular = singular.removesuffix("s") if singular == product else singular
    verb, rest = words[0], "_".join(words[1:])
    if rest == singular:
        return verb
    if rest == product:
        return "list" if verb == "get" else verb
    name = "_".join(words).removesuffix("_by_id")
    return f"{name}_" if name in _RESERVED else name
