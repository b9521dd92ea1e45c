import { readdir, readFile, readlink } from 'node:fs/promises';

/** Who listens on a port of this machine. */
export interface PortOwner {
  pid: number;
  /** The program's short name. */
  name: string;
}

/** The listener on `port`, where that can be found out cheaply: on Linux, for processes this user may look at. Never throws. */
export async function portOwner(
  port: number,
  protocol: 'tcp' | 'udp' = 'tcp',
): Promise<PortOwner | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const tables = await Promise.all(
      [`/proc/net/${protocol}`, `/proc/net/${protocol}6`].map((file) =>
        readFile(file, 'utf8').catch(() => ''),
      ),
    );
    const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port, protocol)));
    if (inodes.size === 0) return undefined;
    const links = new Set([...inodes].map((inode) => `socket:[${inode}]`));
    for (const pid of await readdir('/proc')) {
      if (!/^\d+$/.test(pid) || !(await holds(pid, links))) continue;
      return { pid: Number(pid), name: (await readFile(`/proc/${pid}/comm`, 'utf8')).trim() };
    }
  } catch {
    // The process may have gone meanwhile; then nobody knows.
  }
  return undefined;
}

/** Inodes of the listening sockets on `port` in the text of /proc/net/tcp, udp and so on. Source: proc_net_tcp.rst of the kernel. */
export function listeningInodes(table: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes: string[] = [];
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, local, , state] = fields;
    // 0A is TCP_LISTEN; a socket for datagrams that nobody has connected is in TCP_CLOSE.
    if (state === (protocol === 'tcp' ? '0A' : '07') && local?.split(':')[1] === wanted && fields[9])
      inodes.push(fields[9]);
  }
  return inodes;
}

async function holds(pid: string, links: ReadonlySet<string>): Promise<boolean> {
  try {
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const link = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      if (links.has(link)) return true;
    }
  } catch {
    // Another user's process.
  }
  return false;
}
