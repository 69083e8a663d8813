#requires -Version 5.1
<#
.SYNOPSIS
    Lets SQL Server write to the Windows log who changed logins and passwords, and makes the logs large enough to keep it.

.DESCRIPTION
    Without this SQL Server keeps the time of a login's last password change and not who made it. It creates one server
    audit and one audit specification with the groups LOGIN_CHANGE_PASSWORD_GROUP, SERVER_PRINCIPAL_CHANGE_GROUP,
    SUCCESSFUL_LOGIN_GROUP and AUDIT_CHANGE_GROUP, and raises the maximum size of event logs. What is there already is
    kept: groups are only added, log sizes only raised. Try it with -WhatIf first: then nothing is changed.

.PARAMETER SqlInstance
    The instance: MSSQLSERVER is the default one.

.PARAMETER AuditName
    The name of the audit and its specification.

.PARAMETER To
    Which Windows log: APPLICATION_LOG needs no further right; SECURITY_LOG needs the service account to be allowed to
    generate audits and the policy 'Audit application generated'.

.PARAMETER FurtherGroup
    Groups to add beside the four.

.PARAMETER LogBytes
    The least maximum size of the Security, System and Application logs, in bytes.

.EXAMPLE
    .\enable-sql-audit.ps1 -WhatIf

.EXAMPLE
    .\enable-sql-audit.ps1 -SqlInstance SAGE -FurtherGroup SERVER_ROLE_MEMBER_CHANGE_GROUP
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [ValidatePattern('^[A-Za-z_#][A-Za-z0-9_#$]{0,15}$')][string]$SqlInstance = 'MSSQLSERVER',
    [ValidatePattern('^[A-Za-z0-9 _-]{1,60}$')][string]$AuditName = 'Groundrules',
    [ValidateSet('APPLICATION_LOG', 'SECURITY_LOG')][string]$To = 'APPLICATION_LOG',
    [ValidateSet('SERVER_ROLE_MEMBER_CHANGE_GROUP', 'LOGOUT_GROUP', 'FAILED_LOGIN_GROUP', 'DATABASE_PRINCIPAL_CHANGE_GROUP')]
    [string[]]$FurtherGroup = @(),
    [ValidateRange(67108864, 4294901760)][long]$LogBytes = 1073741824
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$Groups = @(
    'LOGIN_CHANGE_PASSWORD_GROUP',
    'SERVER_PRINCIPAL_CHANGE_GROUP',
    'SUCCESSFUL_LOGIN_GROUP',
    'AUDIT_CHANGE_GROUP'
) + $FurtherGroup
$Logs = @('Security', 'System', 'Application')

function Open-Instance {
    $server = $(if ($SqlInstance -eq 'MSSQLSERVER') { 'lpc:.' } else { "lpc:.\$SqlInstance" })
    $connection = New-Object System.Data.SqlClient.SqlConnection (
        "Server=$server;Database=master;Integrated Security=SSPI;Connect Timeout=10;Application Name=groundrules-audit"
    )
    $connection.Open()
    $connection
}

function Get-Column($Connection, [string]$Query) {
    $command = $Connection.CreateCommand()
    $command.CommandText = $Query
    [void]$command.Parameters.AddWithValue('@name', $AuditName)
    $reader = $command.ExecuteReader()
    try { while ($reader.Read()) { [string]$reader.GetValue(0) } } finally { $reader.Dispose() }
}

function Invoke-Change($Connection, [string]$Statement) {
    $command = $Connection.CreateCommand()
    $command.CommandText = $Statement
    [void]$command.ExecuteNonQuery()
}

function Enable-Audit($Connection) {
    $there = @(Get-Column $Connection 'SELECT is_state_enabled FROM sys.server_audits WHERE name = @name')
    if ($there.Count -eq 0 -and $PSCmdlet.ShouldProcess($SqlInstance, "create server audit $AuditName to $To")) {
        Invoke-Change $Connection "CREATE SERVER AUDIT [$AuditName] TO $To WITH (QUEUE_DELAY = 1000, ON_FAILURE = CONTINUE)"
    }
    if (($there.Count -eq 0 -or $there[0] -ne 'True') -and $PSCmdlet.ShouldProcess($SqlInstance, "switch audit $AuditName on")) {
        Invoke-Change $Connection "ALTER SERVER AUDIT [$AuditName] WITH (STATE = ON)"
    }
}

function Enable-Specification($Connection) {
    $query = 'SELECT d.audit_action_name FROM sys.server_audit_specification_details AS d ' +
        'JOIN sys.server_audit_specifications AS s ON s.server_specification_id = d.server_specification_id ' +
        'WHERE s.name = @name'
    $state = @(Get-Column $Connection 'SELECT is_state_enabled FROM sys.server_audit_specifications WHERE name = @name')
    $known = @(Get-Column $Connection $query)
    $missing = @($Groups | Where-Object { $known -notcontains $_ })
    if ($state.Count -gt 0 -and $missing.Count -eq 0 -and $state[0] -eq 'True') {
        Write-Verbose "the specification $AuditName has every group already"
        return
    }
    $added = ($missing | ForEach-Object { "ADD ($_)" }) -join ', '
    if (-not $PSCmdlet.ShouldProcess($SqlInstance, "audit specification ${AuditName}: $added, switched on")) { return }
    if ($state.Count -eq 0) {
        Invoke-Change $Connection "CREATE SERVER AUDIT SPECIFICATION [$AuditName] FOR SERVER AUDIT [$AuditName] $added WITH (STATE = ON)"
        return
    }
    # A specification is altered while it is off; for that moment nothing is audited, and the audit itself records it.
    Invoke-Change $Connection "ALTER SERVER AUDIT SPECIFICATION [$AuditName] WITH (STATE = OFF)"
    if ($missing.Count -gt 0) { Invoke-Change $Connection "ALTER SERVER AUDIT SPECIFICATION [$AuditName] $added" }
    Invoke-Change $Connection "ALTER SERVER AUDIT SPECIFICATION [$AuditName] WITH (STATE = ON)"
}

function Expand-Log([string]$Name) {
    $settings = New-Object System.Diagnostics.Eventing.Reader.EventLogConfiguration $Name
    try {
        if ($settings.MaximumSizeInBytes -ge $LogBytes) { return }
        $says = "raise the maximum size from $($settings.MaximumSizeInBytes) to $LogBytes bytes"
        if ($PSCmdlet.ShouldProcess("event log $Name", $says)) {
            $settings.MaximumSizeInBytes = $LogBytes
            $settings.SaveChanges()
        }
    }
    finally { $settings.Dispose() }
}

foreach ($log in $Logs) { Expand-Log $log }
$instance = Open-Instance
try {
    Enable-Audit $instance
    Enable-Specification $instance
}
finally { $instance.Dispose() }
