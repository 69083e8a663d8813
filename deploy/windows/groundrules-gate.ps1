#requires -Version 5.1
<#
.SYNOPSIS
    Opens and closes vendors' accounts on this Windows server for agreed windows, and says how they stand.

.DESCRIPTION
    Runs each minute. It asks Groundrules what is due here and does it only when the action is signed by the key this
    server was told to trust, is for this server, has a higher number than every one before, is inside its time, and is
    for an account and groups that the settings list. It knows two verbs:

      open    put the account into the groups, let it expire at the window's end, enable it
      close   disable the account, end its sessions, take it out of the groups

    A window is closed at its end by this server itself, also when Groundrules is gone: each minute, and by a scheduled
    task of its own. Nothing else is changed, and nothing that comes in is ever run.

.PARAMETER Settings
    What `groundrules gate add-windows-host` printed. It holds a secret: this folder is for administrators only.

.PARAMETER Install
    Closes the folder to others, registers the task that runs each minute, and closes the listed accounts.

.PARAMETER Sweep
    Closes windows whose end has passed, and asks nobody.

.EXAMPLE
    powershell.exe -NoProfile -File groundrules-gate.ps1 -Install
#>
[CmdletBinding()]
param(
    [string]$Settings = "$env:ProgramData\Groundrules\gate.json",
    [switch]$Install,
    [switch]$Sweep
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$Task = 'Groundrules gate'
$Head = 'groundrules-action 1'
$Form = 'yyyy-MM-ddTHH:mm:ssZ'
$Rounds = 5
$Utf8 = New-Object System.Text.UTF8Encoding $false

# ---------------------------------------------------------------------------------------------------------------------
# Times and files

function ConvertFrom-Instant([string]$Text) {
    $style = [System.Globalization.DateTimeStyles]'AssumeUniversal, AdjustToUniversal'
    [datetime]::ParseExact($Text, $Form, [System.Globalization.CultureInfo]::InvariantCulture, $style)
}

function ConvertTo-Instant([datetime]$At) {
    $At.ToUniversalTime().ToString($Form, [System.Globalization.CultureInfo]::InvariantCulture)
}

function Read-Json([string]$Path) {
    ConvertFrom-Json ([System.IO.File]::ReadAllText($Path, $Utf8))
}

function Read-State {
    if (-not [System.IO.File]::Exists($StatePath)) { return @{ sequence = [long]0; windows = @(); answers = @() } }
    $kept = Read-Json $StatePath
    @{ sequence = [long]$kept.sequence; windows = @($kept.windows); answers = @($kept.answers) }
}

# A file that is half written must never stand where the whole one was.
function Save-State {
    $partial = "$StatePath.partial"
    [System.IO.File]::WriteAllText($partial, (ConvertTo-Json $State -Depth 6), $Utf8)
    if ([System.IO.File]::Exists($StatePath)) { [System.IO.File]::Replace($partial, $StatePath, [NullString]::Value) }
    else { [System.IO.File]::Move($partial, $StatePath) }
}

# ---------------------------------------------------------------------------------------------------------------------
# Actions: read and checked before anything is done

# Windows wants a public key as a blob: the mark ECS1, the length of a coordinate, X and Y.
function Test-Signature([string]$Said, [byte[]]$Signature) {
    [byte[]]$blob = [byte[]](0x45, 0x43, 0x53, 0x31, 0x20, 0, 0, 0) + [System.Convert]::FromBase64String($Known.key)
    $form = [System.Security.Cryptography.CngKeyBlobFormat]::EccPublicBlob
    $key = [System.Security.Cryptography.CngKey]::Import($blob, $form)
    $reader = New-Object System.Security.Cryptography.ECDsaCng $key
    try {
        $reader.HashAlgorithm = [System.Security.Cryptography.CngAlgorithm]::Sha256
        $reader.VerifyData($Utf8.GetBytes($Said), $Signature)
    }
    finally { $reader.Dispose(); $key.Dispose() }
}

# The signature is checked over the bytes as they came, before a word of them is believed.
function Read-Action([string]$Text) {
    $cut = $Text.LastIndexOf("`nsignature ")
    if ($cut -lt 0) { throw 'it has no signature' }
    $said = $Text.Substring(0, $cut + 1)
    $signature = [System.Convert]::FromBase64String($Text.Substring($cut + 11).Trim())
    if (-not (Test-Signature $said $signature)) { throw 'it is not signed by the key this server trusts' }
    $lines = $said.TrimEnd("`n").Split("`n")
    if ($lines[0] -cne $Head) { throw 'it is in another form; a newer script may be needed' }
    $action = @{ groups = @() }
    foreach ($line in $lines[1..($lines.Count - 1)]) {
        $name, $value = $line.Split(' ', 2)
        if ($name -ceq 'group') { $action.groups += $value }
        elseif ($action.ContainsKey($name)) { throw "it says $name twice" }
        else { $action[$name] = $value }
    }
    foreach ($name in 'host', 'sequence', 'verb', 'window', 'account', 'not-before', 'not-after') {
        if (-not $action.ContainsKey($name)) { throw "it does not say its $name" }
    }
    $action.sequence = [long]$action.sequence
    $action
}

# Why an action is refused; nothing when it is not.
function Get-Refusal($Action) {
    $now = [datetime]::UtcNow
    if ($Action.host -cne $Known.host) { return "it is for $($Action.host)" }
    if ($Action.sequence -le $State.sequence) { return "number $($Action.sequence) was taken before" }
    if (@('open', 'close') -cnotcontains $Action.verb) { return "its verb is $($Action.verb)" }
    if ($Action.window -cnotmatch '\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z') { return 'its window has no plain name' }
    if ($Action.account -notin $Known.accounts) { return "$($Action.account) is not an account of this gate" }
    $strange = @($Action.groups | Where-Object { $_ -notin $Known.groups })
    if ($strange.Count -gt 0) { return "$($strange[0]) is not a group of this gate" }
    if ($now -lt (ConvertFrom-Instant $Action.'not-before')) { return 'its time has not come by the clock here' }
    if ($now -ge (ConvertFrom-Instant $Action.'not-after')) { return 'its time is over by the clock here' }
    # The built-in administrator has this number on every Windows, whatever it is called.
    if ((Get-LocalUser -Name $Action.account).SID.Value -match '-500\z') { return 'it is the built-in administrator' }
}

# ---------------------------------------------------------------------------------------------------------------------
# The two verbs

function Add-ToGroup([string]$Group, [string]$Account) {
    try {
        if ($Group -like 'S-1-*') { Add-LocalGroupMember -SID $Group -Member $Account }
        else { Add-LocalGroupMember -Name $Group -Member $Account }
    }
    catch [Microsoft.PowerShell.Commands.MemberExistsException] { Write-Verbose "$Account is in $Group" }
}

function Remove-FromGroup([string]$Group, [string]$Account) {
    try {
        if ($Group -like 'S-1-*') { Remove-LocalGroupMember -SID $Group -Member $Account }
        else { Remove-LocalGroupMember -Name $Group -Member $Account }
    }
    catch [Microsoft.PowerShell.Commands.MemberNotFoundException] { Write-Verbose "$Account is not in $Group" }
}

# Other windows of the account that are open now. A list of one is handed on as one, so callers make a list of it again.
function Get-Others([string]$Window, [string]$Account) {
    $now = [datetime]::UtcNow
    $State.windows | Where-Object {
        $_.account -eq $Account -and $_.window -cne $Window -and (ConvertFrom-Instant $_.until) -gt $now
    }
}

function Get-Latest($Windows) {
    $Windows | ForEach-Object { ConvertFrom-Instant $_.until } | Sort-Object | Select-Object -Last 1
}

# Programs of the account, whichever way it came in. What was started as somebody else is not among them.
function Get-Programs([string]$Account) {
    @(Get-Process -IncludeUserName | Where-Object { $_.UserName -eq "$env:COMPUTERNAME\$Account" })
}

function Stop-Sessions([string]$Account) {
    $sessions = @(Get-Programs $Account | ForEach-Object { $_.SessionId } | Sort-Object -Unique)
    foreach ($session in $sessions) { if ($session -gt 0) { & logoff.exe $session | Out-Null } }
    foreach ($wait in 1..20) {
        if (@(Get-Programs $Account).Count -eq 0) { return }
        Start-Sleep -Seconds 1
    }
    foreach ($program in (Get-Programs $Account)) { Stop-Process -Id $program.Id -Force -ErrorAction Continue }
    Start-Sleep -Seconds 1
}

# Windows itself lets the account in no longer than its last window lasts, also when this script is gone.
function Set-Expiry([string]$Account, $Windows) {
    $until = Get-Latest $Windows
    $local = $until.ToLocalTime()
    Set-LocalUser -Name $Account -AccountExpires $local
}

# What is to be closed is written down before anything is opened, so that a power cut in between leaves nothing open.
function Open-Window($Action) {
    $rest = @($State.windows | Where-Object { $_.window -cne $Action.window -or $_.account -ne $Action.account })
    $State.windows = $rest + @{ window = $Action.window; account = $Action.account; until = $Action.'not-after' }
    Save-State
    Register-Closing $Action.window (ConvertFrom-Instant $Action.'not-after')
    Set-Expiry $Action.account @($State.windows | Where-Object { $_.account -eq $Action.account })
    foreach ($group in $Action.groups) { Add-ToGroup $group $Action.account }
    Enable-LocalUser -Name $Action.account
}

# While another window of the account is open, it stays as it is until that one ends.
function Close-Window([string]$Window, [string]$Account) {
    $others = @(Get-Others $Window $Account)
    if ($others.Count -gt 0) { Set-Expiry $Account $others }
    else { Close-Account $Account }
    $State.windows = @($State.windows | Where-Object { $_.window -cne $Window -or $_.account -ne $Account })
    Save-State
    Unregister-Closing $Window
}

function Close-Account([string]$Account) {
    Disable-LocalUser -Name $Account
    Stop-Sessions $Account
    foreach ($group in $Known.groups) { Remove-FromGroup $group $Account }
}

function Register-Closing([string]$Window, [datetime]$Until) {
    $words = "-NoProfile -NonInteractive -File `"$PSCommandPath`" -Settings `"$Settings`" -Sweep"
    $run = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $words
    $local = $Until.ToLocalTime()
    $when = New-ScheduledTaskTrigger -Once -At $local.AddSeconds(1)
    $how = New-ScheduledTaskSettingsSet -StartWhenAvailable -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
    $who = New-ScheduledTaskPrincipal -UserId 'SYSTEM' -LogonType ServiceAccount -RunLevel Highest
    $name = "$Task closes $Window"
    [void](Register-ScheduledTask -TaskName $name -Action $run -Trigger $when -Settings $how -Principal $who -Force)
}

function Unregister-Closing([string]$Window) {
    Get-ScheduledTask -TaskName "$Task closes $Window" -ErrorAction SilentlyContinue |
        Unregister-ScheduledTask -Confirm:$false
}

# ---------------------------------------------------------------------------------------------------------------------
# What is read back, and said

function Get-Facts([string]$Window, [string]$Account, [string[]]$Groups) {
    $held = @($State.windows | Where-Object { $_.window -ceq $Window -and $_.account -eq $Account })
    $user = Get-LocalUser -Name $Account
    $in = @(Get-MemberGroups $user $Known.groups)
    $mine = @(Get-Others $Window $Account)
    @{
        known = $(if ($held.Count -gt 0) { 'yes' } else { 'no' })
        enabled = $(if ($user.Enabled) { 'yes' } else { 'no' })
        groups = $(if ($mine.Count -gt 0) { '' } else { $in -join ', ' })
        missing = @($Groups | Where-Object { $_ -notin $in }) -join ', '
        processes = [string]@(Get-Programs $Account).Count
        others = @($mine | ForEach-Object { $_.window }) -join ','
        clock = ConvertTo-Instant ([datetime]::UtcNow)
    }
}

function Get-MemberGroups($User, [string[]]$Groups) {
    foreach ($group in $Groups) {
        $name = $(if ($group -like 'S-1-*') { (Get-LocalGroup -SID $group).Name } else { $group })
        $entry = New-Object System.DirectoryServices.DirectoryEntry "WinNT://./$name,group"
        $members = @($entry.Invoke('Members'))
        foreach ($member in $members) {
            $sid = $member.GetType().InvokeMember('objectSid', 'GetProperty', $null, $member, $null)
            $own = New-Object System.Security.Principal.SecurityIdentifier $sid, 0
            if ($own.Value -eq $User.SID.Value) { $group; break }
        }
    }
}

function Invoke-Action([string]$Text) {
    $action = Read-Action $Text
    $answer = @{ sequence = $action.sequence; facts = @{}; refused = '' }
    try {
        $answer.refused = [string](Get-Refusal $action)
        if ($answer.refused -eq '') {
            # Taken once, whatever comes of it: a number that failed is never tried again, a new one is.
            $State.sequence = $action.sequence
            Save-State
            if ($action.verb -ceq 'open') { Open-Window $action } else { Close-Window $action.window $action.account }
            $answer.facts = Get-Facts $action.window $action.account $action.groups
        }
    }
    catch { $answer.refused = "it failed: $($_.Exception.Message)" }
    $answer
}

function Invoke-Sweep {
    $now = [datetime]::UtcNow
    foreach ($one in @($State.windows)) {
        if ((ConvertFrom-Instant $one.until) -le $now) {
            try { Close-Window $one.window $one.account }
            catch { Write-Problem "$($one.window) could not be closed: $($_.Exception.Message)" }
        }
    }
}

function Write-Problem([string]$Text) {
    $script:Problems += 1
    [Console]::Error.WriteLine("groundrules-gate: $Text")
}

function Send-Turn($Answers) {
    $body = ConvertTo-Json @{ answers = @($Answers) } -Depth 4
    $words = @{ Authorization = "Bearer $($Known.token)" }
    $uri = "$($Known.server.TrimEnd('/'))/api/v1/gate/turn"
    $told = Invoke-RestMethod -Uri $uri -Method Post -Headers $words -ContentType 'application/json' `
        -Body $Utf8.GetBytes($body) -TimeoutSec 30 -MaximumRedirection 0 -UseBasicParsing
    @($told.actions)
}

# Answers are kept until they have arrived.
function Invoke-Turns {
    foreach ($round in 1..$Rounds) {
        $actions = @(Send-Turn $State.answers)
        $State.answers = @()
        Save-State
        if ($actions.Count -eq 0) { return }
        foreach ($text in $actions) {
            try { $State.answers = @($State.answers) + (Invoke-Action $text) }
            catch { Write-Problem "an action was refused: $($_.Exception.Message)" }
            Save-State
        }
        if (@($State.answers).Count -eq 0) { return }
    }
}

# One run at a time; what a run left that was ended in the middle is ours.
function Enter-Alone {
    try { $Alone.WaitOne([timespan]::FromSeconds(120)) }
    catch [System.Threading.AbandonedMutexException] { $true }
}

# ---------------------------------------------------------------------------------------------------------------------
# Setting up

function Install-Gate {
    if ($PSScriptRoot -ne $Own) { throw "put this script into $Own first: others must not be able to change it" }
    & icacls.exe $Own /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "$Own could not be closed to others" }
    $words = "-NoProfile -NonInteractive -File `"$PSCommandPath`" -Settings `"$Settings`""
    $run = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $words
    $minute = New-ScheduledTaskTrigger -Once -At ([datetime]::Now) -RepetitionInterval ([timespan]::FromMinutes(1))
    $boot = New-ScheduledTaskTrigger -AtStartup
    $how = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -AllowStartIfOnBatteries `
        -DontStopIfGoingOnBatteries -ExecutionTimeLimit ([timespan]::FromMinutes(10))
    $who = New-ScheduledTaskPrincipal -UserId 'SYSTEM' -LogonType ServiceAccount -RunLevel Highest
    $when = @($minute, $boot)
    [void](Register-ScheduledTask -TaskName $Task -Action $run -Trigger $when -Settings $how -Principal $who -Force)
    foreach ($account in $Known.accounts) {
        if (@(Get-Others '' $account).Count -eq 0) { Close-Account $account }
    }
}

$Problems = 0
$Held = $false
$Settings = [System.IO.Path]::GetFullPath($Settings)
$Own = [System.IO.Path]::GetDirectoryName($Settings)
$StatePath = Join-Path $Own 'gate-state.json'
$Alone = New-Object System.Threading.Mutex $false, 'Global\GroundrulesGate'
try {
    $Known = Read-Json $Settings
    if ($Known.server -notmatch '\Ahttps://') { throw 'the server in the settings is not reached over https' }
    $Held = Enter-Alone
    if (-not $Held) { throw 'another run is still at work' }
    [System.Net.ServicePointManager]::SecurityProtocol = [System.Net.SecurityProtocolType]::Tls12
    $State = Read-State
    if ($Install) { Install-Gate }
    Invoke-Sweep
    if (-not $Sweep) { Invoke-Turns }
}
catch {
    Write-Problem $_.Exception.Message
    exit 4
}
finally { if ($Held) { $Alone.ReleaseMutex() } }
if ($Problems -gt 0) { exit 3 }
exit 0
