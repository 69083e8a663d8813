"""Every page's address. Each view is guarded by an area (access.py) but the sign-in pages."""

from __future__ import annotations

from django.urls import path

from groundrules.web.agreements import first, prices
from groundrules.web.agreements import views as agreements
from groundrules.web.changes import opening
from groundrules.web.changes import views as changes
from groundrules.web.clients import billing
from groundrules.web.clients import views as clients
from groundrules.web.connect import calendars, import_steps, imports, tokens, webhooks
from groundrules.web.conversations import views as conversations
from groundrules.web.coverage import exceptions, review
from groundrules.web.coverage import views as coverage
from groundrules.web.dependencies import views as dependencies
from groundrules.web.disputes import views as disputes
from groundrules.web.evidence import views as evidence
from groundrules.web.explain import views as explain
from groundrules.web.health import backups as health_backups
from groundrules.web.health import views as health
from groundrules.web.invoices import views as invoices
from groundrules.web.letters import texts as letter_texts
from groundrules.web.letters import views as letters
from groundrules.web.month_end import accounting as month_end_accounting
from groundrules.web.month_end import acts as month_end_acts
from groundrules.web.month_end import views as month_end
from groundrules.web.operating import first as first_run
from groundrules.web.operating import probes
from groundrules.web.operating import runs as long_runs
from groundrules.web.operating import views as operating
from groundrules.web.people import book as audit_book
from groundrules.web.people import views as people
from groundrules.web.profit import acts as profit_acts
from groundrules.web.profit import everywhere as profit_everywhere
from groundrules.web.profit import views as profit
from groundrules.web.recovery import views as recovery
from groundrules.web.remote import views as remote
from groundrules.web.remote import windows as own_windows
from groundrules.web.reports import owed as reports_owed
from groundrules.web.reports import views as reports
from groundrules.web.search import views as search
from groundrules.web.servers import standing
from groundrules.web.servers import views as servers
from groundrules.web.signatures import views as signatures
from groundrules.web.signin import account
from groundrules.web.signin import passkeys as signin_passkeys
from groundrules.web.signin import single_sign_on as signin_sso
from groundrules.web.signin import views as signin
from groundrules.web.sites import views as sites
from groundrules.web.timekeeping import own as own_time
from groundrules.web.timekeeping import views as timekeeping
from groundrules.web.today import views as today
from groundrules.web.tray import views as tray
from groundrules.web.vendors import agency, planning, recordings, register, rules, windows
from groundrules.web.vendors import views as vendors

app_name = "web"

urlpatterns = [
    path("", today.today, name="today"),
    path("sign-in/", signin.sign_in, name="sign-in"),
    path("sign-in/second/", signin.second, name="sign-in-second"),
    path("sign-in/passkey/", signin_passkeys.use, name="sign-in-passkey"),
    path("sign-in/passkey/ask/", signin_passkeys.ask, name="sign-in-passkey-ask"),
    path("account/", account.account, name="account"),
    path("account/act/", account.act, name="account-act"),
    path("account/passkeys/", signin_passkeys.add, name="account-passkey"),
    path("account/passkeys/ask/", signin_passkeys.ask_for_new, name="account-passkey-ask"),
    path("people/", people.people, name="people"),
    path("people/act/", people.act, name="people-act"),
    path("people/roles/", people.roles, name="roles"),
    path("people/audit/", audit_book.audit, name="audit"),
    path("sign-in/sso/", signin_sso.there, name="sign-in-sso"),
    path("sign-in/sso/back/", signin_sso.back, name="sign-in-sso-back"),
    path("sign-in/<str:token>/", signin.link, name="sign-in-link"),
    path("sign-out/", signin.sign_out, name="sign-out"),
    path("preferences/", signin.preferences, name="preferences"),
    path("healthz", probes.alive, name="alive"),
    path("readyz", probes.ready, name="ready"),
    path("metrics", probes.measured, name="metrics"),
    path("installation/", operating.installation, name="installation"),
    path("installation/company/", first_run.company, name="first-company"),
    path("installation/first-steps/", first_run.first_steps, name="first-steps"),
    path("welcome/<str:token>/", first_run.welcome, name="welcome"),
    path("installation/runs/<int:number>/stop/", operating.stop_run, name="installation-stop"),
    path("runs/<int:number>/", long_runs.run, name="run"),
    path("installation/export/", long_runs.export, name="installation-export"),
    path("runs/<int:number>/act/", long_runs.act, name="run-act"),
    path("runs/<int:number>/file/", long_runs.file, name="run-file"),
    path("search/", search.search, name="search"),
    path("servers/", servers.servers, name="servers"),
    path("servers/<str:client>/<str:code>/", servers.server, name="server"),
    path("servers/<str:client>/<str:code>/changes/", changes.server_changes, name="server-changes"),
    path(
        "servers/<str:client>/<str:code>/needs/",
        dependencies.server_dependencies,
        name="dependencies",
    ),
    path(
        "servers/<str:client>/<str:code>/needs/edit/",
        dependencies.edit_dependencies,
        name="dependencies-edit",
    ),
    path(
        "servers/<str:client>/<str:code>/coverage/",
        standing.standing_page,
        name="server-standing",
    ),
    path(
        "servers/<str:client>/<str:code>/coverage/act/",
        standing.standing_act,
        name="server-standing-act",
    ),
    path("servers/<str:client>/<str:code>/health/", health.server_health, name="health"),
    path("servers/<str:client>/<str:code>/health/edit/", health.edit_health, name="health-edit"),
    path(
        "servers/<str:client>/<str:code>/health/reporter/",
        health_backups.set_reporter,
        name="backup-reporter",
    ),
    path("servers/<str:client>/<str:code>/incident/", opening.open_incident, name="incident-open"),
    path("patches/", remote.plans, name="remote"),
    path("time/own/<str:source>/", own_time.own_work, name="time-own"),
    path("shells/", remote.shells, name="shells"),
    path("patches/<str:client>/windows/", own_windows.own_windows, name="own-windows"),
    path("patches/<str:client>/<str:ref>/", remote.plan, name="remote-plan"),
    path("patches/<str:client>/<str:ref>/act/", remote.act, name="remote-act"),
    path("logins/<str:client>/<path:ref>/", servers.session, name="session"),
    path("changes/<str:client>/<str:ref>/", changes.change, name="change"),
    path("changes/<str:client>/<str:ref>/verdict/", changes.verdict, name="change-verdict"),
    path("incidents/<str:client>/<str:ref>/", changes.incident, name="incident"),
    path("incidents/<str:client>/<str:ref>/resolve/", opening.resolve, name="incident-resolve"),
    path("incidents/<str:client>/<str:ref>/recovery/", recovery.page, name="recovery"),
    path("incidents/<str:client>/<str:ref>/recovery/act/", recovery.act, name="recovery-act"),
    path("time/", timekeeping.time, name="time"),
    path("time/preview/", timekeeping.preview, name="time-preview"),
    path("time/timer/", timekeeping.timer, name="time-timer"),
    path("time/aside/<int:session>/", timekeeping.set_aside, name="time-aside"),
    path("time/queue/", timekeeping.queue, name="time-queue"),
    path("time/offline/", timekeeping.offline, name="time-offline"),
    path("time/worker.js", timekeeping.worker, name="time-worker"),
    path("work/", coverage.decisions, name="decisions"),
    path("work/review/", review.queue, name="review"),
    path("work/review/ratify/", review.ratify, name="review-ratify"),
    path("work/<str:number>/", coverage.decision, name="decision"),
    path("work/<str:number>/exception/", exceptions.make_exception, name="decision-exception"),
    path("clients/", clients.clients, name="clients"),
    path("clients/new/", first.new_client, name="client-new"),
    path("clients/<str:code>/", clients.client, name="client"),
    path("sites/", sites.sites, name="sites"),
    path("clients/<str:code>/new-site/", sites.new_site, name="site-new"),
    path("clients/<str:code>/sites/<str:site>/", sites.site, name="site"),
    path("clients/<str:code>/sites/<str:site>/act/", sites.site_act, name="site-act"),
    path("clients/<str:code>/door/", clients.let_in, name="client-door"),
    path("clients/<str:code>/notices-to/", clients.notice_address, name="client-notice-address"),
    path("clients/<str:code>/language/", letter_texts.language, name="client-language"),
    path("clients/<str:code>/billing/", billing.client_billing, name="client-billing"),
    path("provider/billing/", billing.provider_billing, name="provider-billing"),
    path("reports/owed/", reports_owed.owed_reports, name="reports-owed"),
    path("clients/<str:code>/report/", reports.report, name="client-report"),
    path("clients/<str:code>/report/report.pdf", reports.report_pdf, name="client-report-pdf"),
    path(
        "clients/<str:code>/agreements/<str:agreement>/<int:version>/",
        clients.agreement_version,
        name="agreement",
    ),
    path(
        "clients/<str:code>/agreements/<str:agreement>/prices/",
        prices.agreement_prices,
        name="agreement-prices",
    ),
    path(
        "clients/<str:code>/agreements/<str:agreement>/next/",
        agreements.editor,
        name="agreement-editor",
    ),
    path(
        "clients/<str:code>/agreements/<str:agreement>/next/judgement/",
        agreements.judgement,
        name="agreement-judgement",
    ),
    path("vendors/", vendors.vendors, name="vendors"),
    path("vendors/windows/<str:client>/<str:ref>/", windows.window, name="window"),
    path("vendors/windows/<str:client>/<str:ref>/visit/", vendors.visit_page, name="visit"),
    path(
        "vendors/windows/<str:client>/<str:ref>/recordings/<str:name>/",
        recordings.recording,
        name="recording",
    ),
    path("vendors/<str:client>/<str:code>/", vendors.vendor, name="vendor"),
    path("vendors/<str:client>/<str:code>/register/", register.register, name="vendor-register"),
    path("vendors/<str:client>/<str:code>/planning/", planning.planning, name="vendor-planning"),
    path("vendors/<str:client>/<str:code>/rules/", rules.engagement, name="vendor-rules"),
    path("vendors/<str:client>/<str:code>/agency/", agency.letters, name="vendor-agency"),
    path(
        "vendors/<str:client>/agency/<str:ref>/file/", agency.signed_file, name="vendor-agency-file"
    ),
    path("vendors/<str:client>/<str:code>/invite/", vendors.invite, name="vendor-invite"),
    path("vendors/<str:client>/<str:code>/write/", vendors.write, name="vendor-write"),
    path("conversations/", conversations.listed, name="conversations"),
    path(
        "conversations/outgoing/<int:number>/",
        conversations.act_on_outgoing,
        name="outgoing-act",
    ),
    path("conversations/mail/<int:number>/", conversations.mail, name="mail"),
    path("conversations/mail/<int:number>/file/", conversations.file_mail, name="mail-file"),
    path(
        "conversations/mail/<int:number>/attachments/<int:file>/",
        conversations.attachment,
        name="mail-attachment",
    ),
    path("conversations/<str:client>/log/", conversations.log_call, name="log-call"),
    path("conversations/<str:client>/<str:ref>/", conversations.message, name="message"),
    path("conversations/<str:client>/<str:ref>/act/", conversations.act, name="message-act"),
    path("signatures/<int:number>/<str:what>/", signatures.kept, name="signature-file"),
    path("letters/", letters.letters, name="letters"),
    path("letters/texts/", letter_texts.texts, name="letter-texts"),
    path("letters/texts/<str:kind>/<str:language>/", letter_texts.text, name="letter-text"),
    path("letters/<str:ref>/", letters.letter, name="letter"),
    path("letters/<str:ref>/words/", letter_texts.letter_words, name="letter-words"),
    path("letters/<str:ref>/decide/", letters.decide, name="letter-decide"),
    path("letters/<str:ref>/pages/<int:page>/", letters.letter_page, name="letter-page"),
    path("letters/<str:ref>/letter.pdf", letters.letter_pdf, name="letter-pdf"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/export/", invoices.export, name="invoices-export"),
    path("invoices/<str:ref>/", invoices.invoice, name="invoice"),
    path("invoices/<str:ref>/ubl.xml", invoices.invoice_xml, {"form": "ubl"}, name="invoice-ubl"),
    path("invoices/<str:ref>/cii.xml", invoices.invoice_xml, {"form": "cii"}, name="invoice-cii"),
    path("invoices/<str:ref>/decisions.json", invoices.invoice_log, name="invoice-log"),
    path("invoices/<str:ref>/pages/<int:page>/", invoices.invoice_page, name="invoice-page"),
    path("invoices/<str:ref>/invoice.pdf", invoices.invoice_pdf, name="invoice-pdf"),
    path("month-end/", month_end.runs, name="month-end"),
    path("month-end/open/", month_end_acts.open_run, name="month-end-open"),
    path("month-end/<str:ref>/", month_end.run, name="month-end-run"),
    path("month-end/<str:ref>/act/", month_end_acts.act, name="month-end-act"),
    path(
        "month-end/<str:ref>/accounting/<str:name>/",
        month_end_accounting.accounting_file,
        name="month-end-file",
    ),
    path("month-end/<str:ref>/lines/", month_end.lines, name="month-end-lines"),
    path("month-end/<str:ref>/clients/<str:code>/", month_end.client, name="month-end-client"),
    path("disputes/", disputes.listed, name="disputes"),
    path("disputes/new/", disputes.new, name="dispute-new"),
    path("disputes/<str:client>/<str:ref>/", disputes.dispute, name="dispute"),
    path("disputes/<str:client>/<str:ref>/answer/", disputes.answer, name="dispute-answer"),
    path("profit-by/<str:by>/", profit_everywhere.across, name="profit-across"),
    path("profit/", profit.relationships, name="profit"),
    path("profit/assumptions/", profit.assumptions, name="profit-assumptions"),
    path("profit/<str:client>/", profit.relationship, name="profit-client"),
    path("profit/<str:client>/decide/", profit_acts.decide, name="profit-decide"),
    path("profit/<str:client>/work/", profit.work, name="profit-work"),
    path("evidence/", evidence.evidence, name="evidence"),
    path("evidence/<str:digest>/", evidence.raw, name="raw"),
    path("tray/", tray.tray_page, name="tray"),
    path("tray/star/", tray.star, name="tray-star"),
    path("tray/act/", tray.act, name="tray-act"),
    path("tray/copies/<int:number>/", tray.frozen_copy, name="tray-copy"),
    path("connect/tokens/", tokens.token_list, name="tokens"),
    path("connect/tokens/<int:number>/revoke/", tokens.revoke, name="token-revoke"),
    path("connect/webhooks/", webhooks.webhook_list, name="webhooks"),
    path("connect/webhooks/<int:number>/", webhooks.webhook, name="webhook"),
    path("connect/webhooks/<int:number>/act/", webhooks.act, name="webhook-act"),
    path("connect/imports/", imports.import_list, name="imports"),
    path("connect/imports/<int:number>/", imports.kept, name="import"),
    path("connect/imports/<int:number>/undo/", imports.take_back, name="import-undo"),
    path("connect/imports/waiting/<int:number>/", import_steps.waiting_file, name="import-waiting"),
    path(
        "connect/imports/waiting/<int:number>/faults.csv",
        import_steps.faults,
        name="import-faults",
    ),
    path("connect/calendars/", calendars.calendar_list, name="calendars"),
    path("connect/calendars/<int:number>/revoke/", calendars.revoke, name="calendar-revoke"),
    path("calendar/<str:token>.ics", calendars.feed, name="calendar-feed"),
    path("explain/<path:ref>/", explain.explain, name="explain"),
]
