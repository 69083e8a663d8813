#requires -Version 5.1
<#
.SYNOPSIS
    Collects evidence of what is on this Windows server into one envelope. Reads only; changes nothing but its own files.

.DESCRIPTION
    Event logs since the last run (whole records, as Windows keeps them), installed programs, .NET releases, services,
    scheduled tasks, local accounts, groups, SQL Server logins, hotfixes, disks and listening ports. Never a password,
    a password hash, or the arguments of a command. Nothing is sent anywhere: it writes one file.

    Exit numbers: 0 complete; 2 wrong arguments; 3 written, but something could not be read (named on standard error
    and in the envelope); 4 nothing written.

.PARAMETER Output
    The envelope to write. A file that is there is replaced only by a whole one.

.PARAMETER State
    Where bookmarks per event log, the sequence number and the digest of the envelope before are remembered.

.PARAMETER Channel
    The event logs to collect.

.PARAMETER FirstDays
    How far the first run goes back in each event log.

.PARAMETER SqlInstance
    SQL Server instances on this host (MSSQLSERVER is the default one). Without it, those in the registry.

.EXAMPLE
    powershell.exe -NoProfile -File groundrules-collect.ps1 -Output C:\Evidence\today.envelope
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Output,
    [string]$State = (Join-Path $env:ProgramData 'Groundrules\collector-state.json'),
    [string[]]$Channel = @(
        'Security',
        'System',
        'Application',
        'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
        'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational'
    ),
    [ValidateRange(1, 3650)][int]$FirstDays = 30,
    [string[]]$SqlInstance = @()
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$Software = 'groundrules-collect.ps1 1'
$ProbeVersion = '1'
$Utf8 = New-Object System.Text.UTF8Encoding $false
$ByName = [System.Diagnostics.Eventing.Reader.PathType]::LogName
$Problems = New-Object 'System.Collections.Generic.List[string]'

# ---------------------------------------------------------------------------------------------------------------------
# Text and digests

function ConvertTo-UtcText([datetime]$Moment) {
    $Moment.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.ffffff', [cultureinfo]::InvariantCulture) + '+00:00'
}

# A wall time of this server. In the hour that clocks repeat, and in the one they skip, nobody can say which instant it
# was: then it is not dated.
function ConvertFrom-WallTime([datetime]$Wall) {
    $plain = [datetime]::SpecifyKind($Wall, [DateTimeKind]::Unspecified)
    $zone = [TimeZoneInfo]::Local
    if ($zone.IsAmbiguousTime($plain) -or $zone.IsInvalidTime($plain)) { return '' }
    ConvertTo-UtcText ([TimeZoneInfo]::ConvertTimeToUtc($plain, $zone))
}

function Get-Hex([byte[]]$Bytes) {
    [BitConverter]::ToString($Bytes).Replace('-', '').ToLowerInvariant()
}

function Get-BytesDigest([byte[]]$Bytes) {
    $algorithm = [System.Security.Cryptography.SHA256]::Create()
    try { Get-Hex ($algorithm.ComputeHash($Bytes)) } finally { $algorithm.Dispose() }
}

function Get-TextDigest([string]$Text) {
    Get-BytesDigest ($Utf8.GetBytes($Text))
}

function Get-FileDigest([string]$Path) {
    $algorithm = [System.Security.Cryptography.SHA256]::Create()
    $stream = [System.IO.File]::OpenRead($Path)
    try { Get-Hex ($algorithm.ComputeHash($stream)) } finally { $stream.Dispose(); $algorithm.Dispose() }
}

function ConvertTo-JsonText([string]$Text) {
    $written = New-Object System.Text.StringBuilder
    [void]$written.Append('"')
    foreach ($letter in $Text.ToCharArray()) {
        $code = [int]$letter
        switch ($code) {
            34 { [void]$written.Append('\"') }
            92 { [void]$written.Append('\\') }
            8 { [void]$written.Append('\b') }
            9 { [void]$written.Append('\t') }
            10 { [void]$written.Append('\n') }
            12 { [void]$written.Append('\f') }
            13 { [void]$written.Append('\r') }
            default {
                if ($code -lt 32 -or $code -gt 126) {
                    [void]$written.Append('\u').Append($code.ToString('x4'))
                }
                else { [void]$written.Append($letter) }
            }
        }
    }
    [void]$written.Append('"')
    $written.ToString()
}

# Canonical JSON as the envelope wants it: keys sorted by code, no spaces, ASCII. ConvertTo-Json does neither.
function ConvertTo-CanonicalJson($Value) {
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
    if ($Value -is [string]) { return ConvertTo-JsonText $Value }
    if ($Value -is [System.Collections.IDictionary]) {
        $names = [string[]]@($Value.Keys)
        [Array]::Sort($names, [StringComparer]::Ordinal)
        $pairs = foreach ($name in $names) { (ConvertTo-JsonText $name) + ':' + (ConvertTo-CanonicalJson $Value[$name]) }
        return '{' + (@($pairs) -join ',') + '}'
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        $entries = foreach ($entry in $Value) { ConvertTo-CanonicalJson $entry }
        return '[' + (@($entries) -join ',') + ']'
    }
    return ([long]$Value).ToString([cultureinfo]::InvariantCulture)
}

# ---------------------------------------------------------------------------------------------------------------------
# Items and parts

function New-EvidenceItem([string]$Kind, [string]$Key, [System.Collections.IDictionary]$Attributes, [string]$DatedAt = '') {
    $told = @{}
    foreach ($name in $Attributes.Keys) {
        $text = [string]$Attributes[$name]
        if ($text -ne '') { $told[$name] = $text }
    }
    $item = @{ kind = $Kind; key = $Key; attributes = $told }
    if ($DatedAt -ne '') { $item['dated_at'] = $DatedAt }
    $item
}

# The program of a command line, without its arguments: they may hold passwords.
function Get-Program([string]$CommandLine) {
    $text = $CommandLine.Trim()
    if ($text.StartsWith('"')) { return ($text.Substring(1) -split '"')[0] }
    if ($text -match '^(.*?\.(exe|com|bat|cmd|ps1|sys|dll))(\s|$)') { return $Matches[1] }
    return ($text -split '\s')[0]
}

function New-Part([string]$Name, [string]$Format, [string]$Probe, [string]$Source) {
    @{
        name = $Name; format = $Format; probe = $Probe; probe_version = $ProbeVersion; source = $Source
        encoding = ''; first_at = ''; last_at = ''; errors = @(); notes = @(); length = 0; sha256 = ''
        bytes = $null; file = ''
    }
}

function New-DocumentPart([string]$Name, [string]$Format, [string]$Probe, [string]$Source, [string[]]$Lines) {
    $part = New-Part $Name $Format $Probe $Source
    $part.bytes = $Utf8.GetBytes(($Lines -join "`n") + "`n")
    $part.length = $part.bytes.Length
    $part.sha256 = Get-BytesDigest $part.bytes
    $part
}

# A snapshot document: a head, an item a line, an end that counts them. A key may stand in it once only.
function New-SnapshotPart([string]$Probe, [string[]]$Kinds, [object[]]$Items, [string]$Source, [datetime]$TakenAt) {
    $lines = New-Object 'System.Collections.Generic.List[string]'
    $lines.Add((ConvertTo-CanonicalJson @{
        snapshot = 1; probe = $Probe; probe_version = $ProbeVersion; kinds = $Kinds
        taken_at = (ConvertTo-UtcText $TakenAt)
    }))
    $used = @{}
    $written = @(foreach ($item in $Items) { @{ item = $item; text = (ConvertTo-CanonicalJson $item) } })
    foreach ($entry in @($written | Sort-Object -Property { $_.text } -CaseSensitive)) {
        $item = $entry.item
        $place = $item.kind + '|' + $item.key
        $used[$place] = 1 + [int]$used[$place]
        if ($used[$place] -gt 1) { $item.key = '{0} ({1})' -f $item.key, $used[$place] }
        $lines.Add((ConvertTo-CanonicalJson $item))
    }
    $lines.Add((ConvertTo-CanonicalJson @{ end = @($Items).Count }))
    New-DocumentPart "snapshot/$Probe" 'snapshot' $Probe $Source $lines.ToArray()
}

# ---------------------------------------------------------------------------------------------------------------------
# Probes: each returns items and changes nothing

function Read-Values([Microsoft.Win32.RegistryKey]$Key) {
    $values = @{}
    foreach ($name in $Key.GetValueNames()) { $values[$name] = [string]$Key.GetValue($name) }
    $values
}

function Get-UninstallEntries([Microsoft.Win32.RegistryKey]$Root, [string]$View, [string]$User) {
    $list = $Root.OpenSubKey('SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall')
    if ($null -eq $list) { return }
    try {
        foreach ($name in $list.GetSubKeyNames()) {
            $entry = $list.OpenSubKey($name)
            if ($null -eq $entry) { continue }
            try { $values = Read-Values $entry } finally { $entry.Dispose() }
            if (-not $values['DisplayName']) { continue }
            New-EvidenceItem 'package' $values['DisplayName'] @{
                version = $values['DisplayVersion']; publisher = $values['Publisher']
                install_date = $values['InstallDate']; view = $View; user = $User; product = $name
            }
        }
    }
    finally { $list.Dispose() }
}

function Get-Programs {
    foreach ($view in @('Registry64', 'Registry32')) {
        $machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', $view)
        try { Get-UninstallEntries $machine ($view -replace 'Registry', '') '' } finally { $machine.Dispose() }
    }
    $users = [Microsoft.Win32.RegistryKey]::OpenBaseKey('Users', 'Default')
    try {
        foreach ($sid in $users.GetSubKeyNames()) {
            if ($sid -notmatch '^S-1-5-21-[\d-]+$') { continue }
            $hive = $users.OpenSubKey($sid)
            if ($null -eq $hive) { continue }
            try { Get-UninstallEntries $hive '' $sid } finally { $hive.Dispose() }
        }
    }
    finally { $users.Dispose() }
}

function Get-DotNetFrameworks {
    $machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
    try {
        foreach ($name in @('v2.0.50727', 'v3.0', 'v3.5', 'v4\Full', 'v4\Client')) {
            $release = $machine.OpenSubKey("SOFTWARE\Microsoft\NET Framework Setup\NDP\$name")
            if ($null -eq $release) { continue }
            try { $values = Read-Values $release } finally { $release.Dispose() }
            if ($values['Install'] -ne '1') { continue }
            New-EvidenceItem 'package' ".NET Framework $name" @{
                version = $values['Version']; release = $values['Release']; service_pack = $values['SP']
            }
        }
    }
    finally { $machine.Dispose() }
}

function Get-DotNetRuntimes {
    foreach ($programs in @($env:ProgramFiles, ${env:ProgramFiles(x86)})) {
        if (-not $programs) { continue }
        $shared = Join-Path $programs 'dotnet\shared'
        if (-not [System.IO.Directory]::Exists($shared)) { continue }
        foreach ($runtime in [System.IO.Directory]::GetDirectories($shared)) {
            foreach ($version in [System.IO.Directory]::GetDirectories($runtime)) {
                $name = [System.IO.Path]::GetFileName($runtime)
                $number = [System.IO.Path]::GetFileName($version)
                New-EvidenceItem 'package' "$name $number" @{ version = $number; folder = $version }
            }
        }
    }
}

function Get-Services {
    foreach ($service in Get-CimInstance -ClassName Win32_Service) {
        New-EvidenceItem 'service' $service.Name @{
            display_name = $service.DisplayName; start = $service.StartMode; account = $service.StartName
            running = $(if ($service.State -eq 'Running') { 'yes' } else { 'no' })
            program = (Get-Program ([string]$service.PathName)); sha256 = (Get-TextDigest ([string]$service.PathName))
        }
    }
}

function Get-Drivers {
    foreach ($driver in Get-CimInstance -ClassName Win32_SystemDriver) {
        New-EvidenceItem 'driver' $driver.Name @{
            display_name = $driver.DisplayName; start = $driver.StartMode; program = (Get-Program ([string]$driver.PathName))
        }
    }
}

function Get-TasksBelow($Folder) {
    foreach ($task in $Folder.GetTasks(1)) {
        $programs = foreach ($action in $task.Definition.Actions) { if ($action.Type -eq 0) { Get-Program $action.Path } }
        New-EvidenceItem 'scheduled task' $task.Path @{
            enabled = $(if ($task.Enabled) { 'yes' } else { 'no' })
            account = [string]$task.Definition.Principal.UserId
            program = (@($programs) -join '; '); sha256 = (Get-TextDigest $task.Xml)
        }
    }
    foreach ($inner in $Folder.GetFolders(0)) { Get-TasksBelow $inner }
}

function Get-ScheduledTasks {
    $scheduler = New-Object -ComObject 'Schedule.Service'
    $scheduler.Connect()
    Get-TasksBelow ($scheduler.GetFolder('\'))
}

function Get-PropertyText($Entry, [string]$Name) {
    $found = $Entry.Properties[$Name]
    if ($null -eq $found -or $found.Count -eq 0) { return '' }
    [string]$found[0]
}

function Get-SidText($Entry) {
    $raw = $Entry.Properties['objectSid']
    if ($null -eq $raw -or $raw.Count -eq 0) { return '' }
    (New-Object System.Security.Principal.SecurityIdentifier ([byte[]]$raw[0]), 0).Value
}

# Get-LocalUser tells the instant a password was set; the older interface only its age, which names the day.
function Get-PasswordItems {
    if (Get-Command -Name Get-LocalUser -ErrorAction SilentlyContinue) {
        foreach ($user in Get-LocalUser) {
            $set = $user.PasswordLastSet
            if ($null -eq $set) { New-EvidenceItem 'password' $user.Name @{ changed_on = 'never' } }
            else { New-EvidenceItem 'password' $user.Name @{} (ConvertTo-UtcText $set) }
        }
        return
    }
    $computer = New-Object System.DirectoryServices.DirectoryEntry "WinNT://$env:COMPUTERNAME,computer"
    foreach ($entry in $computer.Children) {
        if ($entry.SchemaClassName -ne 'User') { continue }
        $age = Get-PropertyText $entry 'PasswordAge'
        $day = [datetime]::UtcNow.AddSeconds(-[double]('0' + $age)).ToString('yyyy-MM-dd')
        New-EvidenceItem 'password' $entry.Name @{ changed_on = $day }
    }
}

function Get-Accounts {
    $computer = New-Object System.DirectoryServices.DirectoryEntry "WinNT://$env:COMPUTERNAME,computer"
    foreach ($entry in $computer.Children) {
        if ($entry.SchemaClassName -eq 'User') {
            $flags = [int]('0' + (Get-PropertyText $entry 'UserFlags'))
            New-EvidenceItem 'account' $entry.Name @{
                identifier = (Get-SidText $entry)
                disabled = $(if ($flags -band 2) { 'yes' } else { 'no' })
                never_expires = $(if ($flags -band 65536) { 'yes' } else { 'no' })
            }
        }
        elseif ($entry.SchemaClassName -eq 'Group') {
            $members = foreach ($member in $entry.PSBase.Invoke('Members')) {
                $path = $member.GetType().InvokeMember('ADsPath', 'GetProperty', $null, $member, $null)
                $path -replace '^WinNT://', ''
            }
            New-EvidenceItem 'group' $entry.Name @{
                identifier = (Get-SidText $entry)
                members = (@($members | Sort-Object) -join ', ')
            }
        }
    }
}

function Get-Hotfixes {
    foreach ($fix in Get-CimInstance -ClassName Win32_QuickFixEngineering) {
        New-EvidenceItem 'patch' $fix.HotFixID @{
            description = $fix.Description; installed_by = $fix.InstalledBy
            installed_on = $(if ($fix.InstalledOn -is [datetime]) { $fix.InstalledOn.ToString('yyyy-MM-dd') } else { [string]$fix.InstalledOn })
        }
    }
}

function Get-Disks {
    foreach ($disk in Get-CimInstance -ClassName Win32_DiskDrive) {
        New-EvidenceItem 'disk' $disk.DeviceID @{
            model = $disk.Model; size = [string]$disk.Size; firmware = $disk.FirmwareRevision; status = $disk.Status
        }
    }
    foreach ($volume in Get-CimInstance -ClassName Win32_LogicalDisk -Filter 'DriveType=3') {
        $fill = ''
        if ($volume.Size) { $fill = [string](10 * [math]::Floor(10 * (1 - $volume.FreeSpace / $volume.Size))) + ' %' }
        New-EvidenceItem 'mount' $volume.DeviceID @{
            type = $volume.FileSystem; label = $volume.VolumeName; size = [string]$volume.Size; filled_from = $fill
        }
    }
}

function Get-ListeningPorts {
    $network = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
    foreach ($endpoint in $network.GetActiveTcpListeners()) {
        $address = [string]$endpoint.Address
        if ($endpoint.AddressFamily -eq 'InterNetworkV6') { $address = "[$address]" }
        New-EvidenceItem 'port' ('tcp {0}:{1}' -f $address, $endpoint.Port) @{}
    }
}

# ---------------------------------------------------------------------------------------------------------------------
# SQL Server: names, kinds and dates of logins and who is in which server role. No hash is ever asked for.

$LoginQuery = @'
SELECT p.name, p.type_desc, p.is_disabled, p.create_date, p.modify_date, p.default_database_name,
       CAST(LOGINPROPERTY(p.name, 'PasswordLastSetTime') AS datetime) AS password_set
FROM sys.server_principals AS p
WHERE p.type IN ('S', 'U', 'G') AND p.name NOT LIKE '##%'
'@
$RoleQuery = @'
SELECT r.name AS role_name, m.name AS member_name
FROM sys.server_role_members AS x
JOIN sys.server_principals AS r ON r.principal_id = x.role_principal_id
JOIN sys.server_principals AS m ON m.principal_id = x.member_principal_id
'@

function Get-SqlInstances {
    $machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
    try {
        $list = $machine.OpenSubKey('SOFTWARE\Microsoft\Microsoft SQL Server\Instance Names\SQL')
        if ($null -ne $list) { try { $list.GetValueNames() } finally { $list.Dispose() } }
    }
    finally { $machine.Dispose() }
}

# Over shared memory (lpc:), as the account this runs under: no password, no network.
function Invoke-Select([string]$Instance, [string]$Query) {
    $server = $(if ($Instance -eq 'MSSQLSERVER') { 'lpc:.' } else { "lpc:.\$Instance" })
    $connection = New-Object System.Data.SqlClient.SqlConnection (
        "Server=$server;Database=master;Integrated Security=SSPI;Connect Timeout=10;Application Name=groundrules-collect"
    )
    $connection.Open()
    try {
        $command = $connection.CreateCommand()
        $command.CommandText = $Query
        $command.CommandTimeout = 30
        $table = New-Object System.Data.DataTable
        $table.Load($command.ExecuteReader())
        , $table
    }
    finally { $connection.Dispose() }
}

function Get-DatedText($Value) {
    if ($Value -is [DBNull]) { return '' }
    ConvertFrom-WallTime ([datetime]$Value)
}

function Get-SqlLogins([string]$Instance) {
    $prefix = $(if ($Instance -eq 'MSSQLSERVER') { '' } else { "$Instance/" })
    foreach ($row in (Invoke-Select $Instance $LoginQuery).Rows) {
        New-EvidenceItem 'database login' ($prefix + $row['name']) @{
            type = [string]$row['type_desc']; default_database = [string]$row['default_database_name']
            disabled = $(if ($row['is_disabled']) { 'yes' } else { 'no' }); created = (Get-DatedText $row['create_date'])
        } (Get-DatedText $row['modify_date'])
        $set = Get-DatedText $row['password_set']
        if ($set -ne '') { New-EvidenceItem 'password' ($prefix + $row['name']) @{} $set }
    }
    $roles = @{}
    foreach ($row in (Invoke-Select $Instance $RoleQuery).Rows) {
        $roles[[string]$row['role_name']] = @($roles[[string]$row['role_name']]) + [string]$row['member_name']
    }
    foreach ($role in $roles.Keys) {
        $members = @($roles[$role] | Where-Object { $_ } | Sort-Object) -join ', '
        New-EvidenceItem 'group' ($prefix + $role) @{ members = $members }
    }
}

# ---------------------------------------------------------------------------------------------------------------------
# Event logs: whole records after the bookmark, exported as Windows keeps them; beside them, what the log itself says

function Get-Edge([string]$Name, [string]$Query, [bool]$Newest) {
    $asked = New-Object System.Diagnostics.Eventing.Reader.EventLogQuery $Name, $ByName, $Query
    $asked.ReverseDirection = $Newest
    $reader = New-Object System.Diagnostics.Eventing.Reader.EventLogReader $asked
    try {
        $record = $reader.ReadEvent()
        if ($null -eq $record) { return $null }
        try { @{ record = [long]$record.RecordId; at = (ConvertTo-UtcText $record.TimeCreated) } }
        finally { $record.Dispose() }
    }
    finally { $reader.Dispose() }
}

function Get-ChannelFacts([string]$Name, $Bookmark) {
    $settings = New-Object System.Diagnostics.Eventing.Reader.EventLogConfiguration $Name
    $session = [System.Diagnostics.Eventing.Reader.EventLogSession]::GlobalSession
    $facts = @{
        channel = $Name; enabled = [bool]$settings.IsEnabled; mode = [string]$settings.LogMode
        maximum_bytes = [long]$settings.MaximumSizeInBytes; bookmark = [long]$Bookmark.record
        bookmark_at = [string]$Bookmark.at; bytes = 0; records = 0; error = ''
        oldest = 0; oldest_at = ''; newest = 0; newest_at = ''; exported_from = 0; exported_to = 0
    }
    try {
        $log = $session.GetLogInformation($Name, $ByName)
        $facts.bytes = [long]$log.FileSize
        $facts.records = [long]$log.RecordCount
    }
    finally { $settings.Dispose() }
    $oldest = Get-Edge $Name '*' $false
    $newest = Get-Edge $Name '*' $true
    if ($null -ne $oldest) { $facts.oldest = $oldest.record; $facts.oldest_at = $oldest.at }
    if ($null -ne $newest) { $facts.newest = $newest.record; $facts.newest_at = $newest.at }
    $facts
}

# From the bookmark to the newest record. A log whose newest record lies before the bookmark was cleared: then all of it.
function Get-ChannelQuery($Facts) {
    $upTo = 'EventRecordID <= {0}' -f $Facts.newest
    if ($Facts.bookmark -eq 0) {
        return '*[System[({0}) and TimeCreated[timediff(@SystemTime) <= {1}]]]' -f $upTo, ([long]86400000 * $FirstDays)
    }
    if ($Facts.newest -lt $Facts.bookmark) { return '*[System[({0})]]' -f $upTo }
    '*[System[(EventRecordID > {0}) and ({1})]]' -f $Facts.bookmark, $upTo
}

function New-ChannelPart($Facts, [string]$Folder) {
    if ($Facts.newest -eq 0 -or $Facts.newest -eq $Facts.bookmark) { return }
    $query = Get-ChannelQuery $Facts
    $first = Get-Edge $Facts.channel $query $false
    if ($null -eq $first) { return }
    $file = Join-Path $Folder ([guid]::NewGuid().ToString('N') + '.evtx')
    [System.Diagnostics.Eventing.Reader.EventLogSession]::GlobalSession.ExportLog(
        $Facts.channel, $ByName, $query, $file
    )
    $part = New-Part ('log/windows/' + $Facts.channel) 'evtx' 'event-logs' $Facts.channel
    $part.file = $file
    $part.length = (New-Object System.IO.FileInfo $file).Length
    $part.sha256 = Get-FileDigest $file
    $part.first_at = $first.at
    $part.last_at = $Facts.newest_at
    $Facts.exported_from = $first.record
    $Facts.exported_to = $Facts.newest
    $part
}

# ---------------------------------------------------------------------------------------------------------------------
# Our own files: the state, a folder for exports, the envelope

function Read-State([string]$Path) {
    $known = @{ sequence = 0; previous = ''; channels = @{} }
    if (-not [System.IO.File]::Exists($Path)) { return $known }
    $written = ConvertFrom-Json ([System.IO.File]::ReadAllText($Path, $Utf8))
    $known.sequence = [long]$written.sequence
    $known.previous = [string]$written.previous
    foreach ($entry in $written.channels.PSObject.Properties) {
        $known.channels[$entry.Name] = @{ record = [long]$entry.Value.record; at = [string]$entry.Value.at }
    }
    $known
}

# Only administrators and the system read what lies here: event logs name people.
function New-PrivateFolder([string]$Path) {
    $rights = New-Object System.Security.AccessControl.DirectorySecurity
    $rights.SetAccessRuleProtection($true, $false)
    foreach ($sid in @('S-1-5-32-544', 'S-1-5-18')) {
        $who = New-Object System.Security.Principal.SecurityIdentifier $sid
        $rights.AddAccessRule((New-Object System.Security.AccessControl.FileSystemAccessRule(
            $who, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow'
        )))
    }
    [void][System.IO.Directory]::CreateDirectory($Path, $rights)
}

function Move-Whole([string]$From, [string]$To) {
    if ([System.IO.File]::Exists($To)) { [System.IO.File]::Replace($From, $To, [NullString]::Value) }
    else { [System.IO.File]::Move($From, $To) }
}

function Get-ManifestPart($Part) {
    $told = @{}
    foreach ($name in $Part.Keys) { if ($name -ne 'bytes' -and $name -ne 'file') { $told[$name] = $Part[$name] } }
    $told
}

function Get-HostFacts {
    $system = Get-CimInstance -ClassName Win32_OperatingSystem
    $machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
    try {
        $key = $machine.OpenSubKey('SOFTWARE\Microsoft\Cryptography')
        try { $guid = [string]$key.GetValue('MachineGuid') } finally { $key.Dispose() }
    }
    finally { $machine.Dispose() }
    @{
        name = $env:COMPUTERNAME
        machine = (Get-TextDigest "groundrules-evidence:$guid")
        boot = 'boot-' + $system.LastBootUpTime.ToUniversalTime().ToString('yyyyMMddTHHmmss') + 'Z'
        architecture = $env:PROCESSOR_ARCHITECTURE.ToLowerInvariant()
        system = '{0} {1}; time zone {2}' -f $system.Caption.Trim(), $system.Version, [TimeZoneInfo]::Local.Id
    }
}

function Write-Envelope([string]$Path, [System.Collections.IDictionary]$Manifest, [object[]]$Parts) {
    $body = $Utf8.GetBytes((ConvertTo-CanonicalJson $Manifest))
    $digest = Get-BytesDigest $body
    $head = $Utf8.GetBytes("groundrules-evidence 1 $($body.Length) $digest`n")
    $partial = "$Path.partial"
    $stream = [System.IO.File]::Create($partial)
    try {
        $stream.Write($head, 0, $head.Length)
        $stream.Write($body, 0, $body.Length)
        $stream.WriteByte(10)
        foreach ($part in $Parts) {
            if ($part.file -eq '') { $stream.Write($part.bytes, 0, $part.length); continue }
            $source = [System.IO.File]::OpenRead($part.file)
            try { $source.CopyTo($stream) } finally { $source.Dispose() }
        }
        $stream.Flush($true)
    }
    finally { $stream.Dispose() }
    Move-Whole $partial $Path
    $digest
}

# ---------------------------------------------------------------------------------------------------------------------
# One run

function Add-Problem([string]$Where, $Failure) {
    $text = '{0}: {1}' -f $Where, $Failure.Exception.Message
    $Problems.Add($text)
    [Console]::Error.WriteLine("groundrules-collect: $text")
}

# A probe that fails costs its own part only: half a list would look like removals.
function Add-Snapshot($Parts, [string]$Probe, [string[]]$Kinds, [string]$Source, [scriptblock]$Read) {
    try {
        $taken = [datetime]::UtcNow
        $items = @(& $Read)
        $Parts.Add((New-SnapshotPart $Probe $Kinds $items $Source $taken))
    }
    catch { Add-Problem $Probe $_ }
}

function Add-EventLogs($Parts, $Known, [string]$Folder) {
    $lines = New-Object 'System.Collections.Generic.List[string]'
    $lines.Add((ConvertTo-CanonicalJson @{ channels = 1; taken_at = (ConvertTo-UtcText ([datetime]::UtcNow)) }))
    foreach ($name in $Channel) {
        $bookmark = $Known.channels[$name]
        if ($null -eq $bookmark) { $bookmark = @{ record = 0; at = '' } }
        $facts = @{ channel = $name; bookmark = $bookmark.record; bookmark_at = $bookmark.at; error = '' }
        try {
            $facts = Get-ChannelFacts $name $bookmark
            $part = New-ChannelPart $facts $Folder
            if ($null -ne $part) { $Parts.Add($part) }
            if ($facts.newest -ne 0) { $Known.channels[$name] = @{ record = $facts.newest; at = $facts.newest_at } }
        }
        catch {
            $facts.error = [string]$_.Exception.Message
            Add-Problem "event log $name" $_
        }
        $lines.Add((ConvertTo-CanonicalJson $facts))
    }
    $lines.Add((ConvertTo-CanonicalJson @{ end = $Channel.Count }))
    $Parts.Add((New-DocumentPart 'log/windows/channels' 'windows-channels' 'event-logs' 'event logs' $lines.ToArray()))
}

function Add-Snapshots($Parts) {
    Add-Snapshot $Parts 'programs' @('package') 'registry: Uninstall' { Get-Programs }
    Add-Snapshot $Parts 'dotnet' @('package') 'registry: NDP; dotnet\shared' { Get-DotNetFrameworks; Get-DotNetRuntimes }
    Add-Snapshot $Parts 'services' @('service', 'driver') 'Win32_Service' { Get-Services; Get-Drivers }
    Add-Snapshot $Parts 'scheduled-tasks' @('scheduled task') 'Schedule.Service' { Get-ScheduledTasks }
    Add-Snapshot $Parts 'accounts' @('account', 'group', 'password') 'WinNT' { Get-Accounts; Get-PasswordItems }
    Add-Snapshot $Parts 'hotfixes' @('patch') 'Win32_QuickFixEngineering' { Get-Hotfixes }
    Add-Snapshot $Parts 'disks' @('disk', 'mount') 'Win32_DiskDrive' { Get-Disks }
    Add-Snapshot $Parts 'ports' @('port') 'IPGlobalProperties' { Get-ListeningPorts }
    foreach ($instance in $SqlInstance) {
        Add-Snapshot $Parts "sql-logins/$instance" @('database login', 'password', 'group') $instance {
            Get-SqlLogins $instance
        }
    }
}

function Invoke-Collection([string]$Folder) {
    $known = Read-State $State
    $parts = New-Object 'System.Collections.Generic.List[object]'
    Add-Snapshots $parts
    Add-EventLogs $parts $known $Folder
    $manifest = @{
        version = 1; host = (Get-HostFacts); zone = ''; collected_at = (ConvertTo-UtcText ([datetime]::UtcNow))
        collector = $Software; sequence = $known.sequence + 1; previous = $known.previous
        errors = @($Problems); parts = @($parts | ForEach-Object { Get-ManifestPart $_ })
    }
    $known.previous = Write-Envelope $Output $manifest $parts.ToArray()
    $known.sequence = $manifest.sequence
    [System.IO.File]::WriteAllText("$State.partial", (ConvertTo-CanonicalJson $known), $Utf8)
    Move-Whole "$State.partial" $State
}

$Output = [System.IO.Path]::GetFullPath($Output)
$State = [System.IO.Path]::GetFullPath($State)
$Own = [System.IO.Path]::GetDirectoryName($State)
$Exports = Join-Path $Own ('exports-' + [guid]::NewGuid().ToString('N'))
try {
    if (-not [System.IO.Directory]::Exists($Own)) { New-PrivateFolder $Own }
    New-PrivateFolder $Exports
    if ($SqlInstance.Count -eq 0) { $SqlInstance = @(Get-SqlInstances) }
    Invoke-Collection $Exports
}
catch {
    [Console]::Error.WriteLine("groundrules-collect: nothing written: $($_.Exception.Message)")
    exit 4
}
finally {
    if ([System.IO.Directory]::Exists($Exports)) { [System.IO.Directory]::Delete($Exports, $true) }
}
if ($Problems.Count -gt 0) { exit 3 }
exit 0
