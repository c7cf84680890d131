using System.Globalization;
using MlActors.Analysis.Tests.Support;

namespace MlActors.Analysis.Tests.Categorization;

/// <summary>A line of a log and the template that made it.</summary>
public readonly record struct LabelledLine(int Label, string Text);

/// <summary>Log lines of programs of several kinds with numbers, ids, hosts, paths, names and quoted strings of varying length; the same for a seed everywhere.</summary>
public sealed class LogCorpus(ulong seed, bool hard = false)
{
    private static readonly string[] Users = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory", "oscar"];
    private static readonly string[] Hosts = ["bastion", "gateway", "edge", "cache", "proxy", "mailer", "ledger"];
    private static readonly string[] Titles =
        ["quarterly report", "notes", "the long way home and back", "draft of the letter", "plan", "a very short list of things", "summary for the board"];

    private static readonly string[] Dirs = ["var", "srv", "home", "opt", "data", "tmp"];

    private static readonly string[] Jobs = ["backup", "cleanup", "reindex", "invoice", "digest"];
    private static readonly string[] States = ["running", "stopped", "degraded"];

    // {n} number, {h} hex id, {u} user, {i} address, {p} path, {q} words for quotes, {t} time, {g} uuid, {s} host with number, {a} host name, {f} decimal,
    // {m} hardware address, {l} list of numbers, {w} name of a job, {x} state
    private static readonly string[] Templates =
    [
        "Accepted password for {u} from {i} port {n} ssh2",
        "Failed password for {u} from {i} port {n} ssh2",
        "Invalid user {u} from {i}",
        "pam_unix(sshd:session): session opened for user {u} by (uid={n})",
        "pam_unix(sshd:session): session closed for user {u}",
        "Received disconnect from {i}: {n}: Bye Bye",
        "Did not receive identification string from {i}",
        "PacketResponder {n} for block blk_{n} terminating",
        "Receiving block blk_{n} src: /{i}:{n} dest: /{i}:{n}",
        "BLOCK* NameSystem.addStoredBlock: blockMap updated: {i}:{n} is added to blk_{n} size {n}",
        "Verification succeeded for blk_{n}",
        "Deleting block blk_{n} file {p}",
        "{t} INFO  [main] com.shop.cart.CartService - Cart {g} created for customer {n}",
        "{t} INFO  [main] com.shop.cart.CartService - Item {n} added to cart {g}",
        "{t} WARN  [worker-{n}] com.shop.pay.PaymentGateway - Payment of {f} EUR declined by issuer, order {n}",
        "{t} ERROR [worker-{n}] com.shop.pay.PaymentGateway - Timeout after {n} ms waiting for provider answer",
        "{t} DEBUG [pool-{n}-thread-{n}] com.shop.stock.Reservation - Released {n} units of article {n}",
        "kernel: [{f}] eth{n}: link up, {n}Mbps, full-duplex",
        "kernel: [{f}] eth{n}: link down",
        "kernel: Out of memory: Killed process {n} (java) total-vm:{n}kB, anon-rss:{n}kB",
        "kernel: usb {n}-{n}: new high-speed USB device number {n} using xhci_hcd",
        "kernel: EXT4-fs (sda{n}): mounted filesystem with ordered data mode",
        "systemd[1]: Started Session {n} of user {u}.",
        "systemd[1]: Stopping LSB: web server daemon...",
        "systemd[1]: Reached target Network is Online.",
        "dhclient: DHCPREQUEST on eth{n} to {i} port {n}",
        "dhclient: bound to {i} -- renewal in {n} seconds.",
        "arp: {i} moved from {m} to {m} on em{n}",
        "postfix/smtpd[{n}]: connect from {a}.example.com[{i}]",
        "postfix/smtpd[{n}]: lost connection after AUTH from unknown[{i}]",
        "postfix/qmgr[{n}]: {h}: from=<{u}@example.com>, size={n}, nrcpt={n} (queue active)",
        "checkpoint complete: wrote {n} buffers ({f}%); {n} WAL file(s) added, {n} removed, {n} recycled",
        "duration: {f} ms  statement: SELECT count(id) FROM orders WHERE shop = {n}",
        "deadlock detected: process {n} waits for ShareLock on transaction {n}",
        "could not serialize access due to concurrent update of relation {n}",
        "User {u} saved document \"{q}\" in folder {n}",
        "User {u} shared document \"{q}\" with {n} others",
        "Export of \"{q}\" finished in {n} ms",
        "Slow query on replica {s}: {n} rows examined",
        "Replica {s} is {n} seconds behind master",
        "Elected leader {s} for term {n}",
        "Heartbeat to {s} lost, {n} attempts left",
        "Broker {n} rejoined the group, generation {n}, partitions [{l}]",
        "Offsets [{l}] committed for topic orders",
        "Cache hit ratio {f} over the last {n} requests",
        "Garbage collection paused all threads for {f} ms",
        "Uploading {p} to bucket archive, {n} bytes",
        "Uploaded {p} in {n} ms",
        "certificate for {a}.example.com expires in {n} days",
        "Rate limit exceeded for client {i}: {n} requests in {n} s",
        "level=info msg=\"Loaded configuration\" file={p} version={n}",
        "level=error msg=\"Scrape target unreachable\" target={i}:{n} attempt={n}",
        "Temperature of sensor {n} is {f} degrees, within range",
        "Voltage of rail {n} dropped to {f} volts",
    ];

    // Few words beside a name, states that look like actions, free text without quotes: what cannot be told apart by a single line.
    private static readonly string[] Hard =
    [
        "{u} logged in from {i}",
        "{u} logged out after {n} minutes",
        "Job {w} finished in {n} s",
        "Job {w} failed with code {n}: {q}",
        "Service {a} changed state from {x} to {x}",
        "Disk usage on {a} is {n} %",
        "Memory usage on {a} is {n} %",
        "session opened on {a} for {u}",
        "mailbox opened on {a} for {u}",
        "{i} - {u} \"GET {p} HTTP/1.1\" {n} {n}",
        "{{\"level\":\"info\",\"user\":\"{u}\",\"message\":\"order {n} shipped\"}}",
        "{{\"level\":\"info\",\"user\":\"{u}\",\"message\":\"order {n} paid by card\"}}",
    ];

    private readonly Noise _noise = new(seed);

    private readonly string[] _templates = hard ? [.. Templates, .. Hard] : Templates;

    public int TemplateCount => _templates.Length;

    /// <summary>Lines in random order; some templates are a hundred times as common as others.</summary>
    public IEnumerable<LabelledLine> Lines(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var label = (int)(Math.Pow(_noise.Uniform(), 1.7) * _templates.Length);
            yield return new LabelledLine(label, Fill(_templates[label]));
        }
    }

    private string Fill(string template)
    {
        var parts = template.Replace("{{", "\u0001").Replace("}}", "\u0002").Split('{', '}');
        for (var i = 1; i < parts.Length; i += 2) parts[i] = Value(parts[i]);
        return string.Concat(parts).Replace('\u0001', '{').Replace('\u0002', '}');
    }

    private string Value(string kind) => kind switch
    {
        "n" => Number(Below(6) + 1),
        "f" => string.Create(CultureInfo.InvariantCulture, $"{Below(1000)}.{Below(100):00}"),
        "h" => Hex(11),
        "g" => $"{Hex(8)}-{Hex(4)}-{Hex(4)}-{Hex(4)}-{Hex(12)}",
        "u" => Users[Below(Users.Length)],
        "i" => $"{1 + Below(220)}.{Below(256)}.{Below(256)}.{Below(256)}",
        "m" => string.Join(':', Enumerable.Range(0, 6).Select(_ => Hex(2))),
        "a" => Hosts[Below(Hosts.Length)],
        "s" => $"{Hosts[Below(Hosts.Length)]}-{Below(90)}",
        "p" => "/" + string.Join('/', Enumerable.Range(0, 1 + Below(4)).Select(_ => Dirs[Below(Dirs.Length)])) + "/f" + Hex(6),
        "w" => Jobs[Below(Jobs.Length)],
        "x" => States[Below(States.Length)],
        "q" => Titles[Below(Titles.Length)],
        "l" => string.Join(", ", Enumerable.Range(0, 1 + Below(6)).Select(_ => Number(2))),
        "t" => string.Create(CultureInfo.InvariantCulture, $"2026-03-{1 + Below(28):00} {Below(24):00}:{Below(60):00}:{Below(60):00},{Below(1000):000}"),
        _ => throw new ArgumentException($"no value of the kind {kind}"),
    };

    private int Below(int end) => (int)(_noise.Uniform() * end);

    private string Number(int digits) => (1 + Below((int)Math.Pow(10, digits))).ToString(CultureInfo.InvariantCulture);

    private string Hex(int digits) => string.Concat(Enumerable.Range(0, digits).Select(_ => "0123456789abcdef"[Below(16)]));
}
