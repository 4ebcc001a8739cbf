"""Inquiries of organizations: how they come in, who works on them, and what becomes of them."""
