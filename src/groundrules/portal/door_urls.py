"""The client's door: one personal link, and the pages behind it."""

from __future__ import annotations

from django.urls import path

from groundrules.portal import door, door_acts, door_reports, door_sign

app_name = "door"

urlpatterns = [
    path("<str:token>/", door.home, name="home"),
    path("<str:token>/servers/<str:code>/", door.server, name="server"),
    path("<str:token>/sites/", door.sites, name="sites"),
    path("<str:token>/work/", door.work, name="work"),
    path("<str:token>/reports/", door_reports.reports, name="reports"),
    path("<str:token>/reports/<str:ref>/", door_reports.report, name="report"),
    path("<str:token>/reports/<str:ref>/report.pdf", door_reports.report_pdf, name="report-pdf"),
    path("<str:token>/requests/", door.requests, name="requests"),
    path("<str:token>/letters/", door.letters, name="letters"),
    path("<str:token>/letters/<str:ref>/", door.letter, name="letter"),
    path("<str:token>/letters/<str:ref>/letter.pdf", door.letter_pdf, name="letter-pdf"),
    path("<str:token>/invoices/", door.invoices, name="invoices"),
    path("<str:token>/invoices/<str:ref>/", door.invoice, name="invoice"),
    path("<str:token>/invoices/<str:ref>/invoice.pdf", door.invoice_pdf, name="invoice-pdf"),
    path("<str:token>/disputes/", door.disputes, name="disputes"),
    path("<str:token>/sign/<int:number>/", door_sign.sign, name="sign"),
    path("<str:token>/sign/<int:number>/document.pdf", door_sign.document, name="sign-document"),
    path("<str:token>/sign/<int:number>/signed/", door_sign.signed, name="signed"),
    path("<str:token>/people/", door.people, name="people"),
    path("<str:token>/act/", door_acts.act, name="act"),
]
