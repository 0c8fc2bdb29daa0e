// The boot script of the servers.
import { bootParts, type Challenge, functionNamed, put, ref, resourceOfType, rewriteBoot, section } from '../challenge';

const boot = '. "$program_folder/boot.sh"\n';

export const bootChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-5.1',
    kind: 'D',
    title: 'collectors that answer before a hit is on their disks',
    change({ collection }) {
      rewriteBoot(collection, 'DURABLE=on', 'DURABLE=off');
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'D',
    title: 'servers with a mirror of one disk',
    change({ collection }) {
      rewriteBoot(collection, 'DISKS="sdf sdg"', 'DISKS="sdf"');
    },
  },
  {
    clause: 'TOM-3.1',
    kind: 'D',
    title: 'servers with an SSH server and a key after the boot',
    change({ collection }) {
      const shell = [
        'systemctl unmask sshd.service && systemctl enable --now sshd.service',
        'install -d -m 0700 -o ec2-user /home/ec2-user/.ssh',
        'echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGp1c3QtYW4tZXhhbXBsZS1rZXktMDAwMDAwMDAwMDAw" >>/home/ec2-user/.ssh/authorized_keys',
      ];
      rewriteBoot(collection, boot, `${boot}${shell.join('\n')}\n`);
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'D',
    title: 'servers without the watch of their arrays after the boot',
    change({ collection }) {
      rewriteBoot(collection, boot, `${boot}systemctl disable --now array-watch.timer mdmonitor.service\n`);
    },
  },
  {
    clause: 'TOM-5.8',
    kind: 'D',
    title: 'a boot that reports a file with a wrong checksum and uses it',
    change({ collection }) {
      rewriteBoot(collection, '    rm -f "$part"\n    exit 1\n', '');
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'D',
    title: 'servers with a monitoring agent from the internet',
    change({ collection }) {
      rewriteBoot(collection, boot, 'curl -fsSL https://get.monitoring.example/install.sh | bash\n'.concat(boot));
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'D',
    title: 'servers with packages for troubleshooting',
    change({ collection }) {
      rewriteBoot(collection, 'trap - EXIT\n', 'dnf -y install tcpdump nmap-ncat gcc || true\ntrap - EXIT\n');
    },
  },
  {
    clause: 'TOM-2.1',
    kind: 'D',
    title: 'server logs sent to a region outside France',
    change({ collection }) {
      rewriteBoot(collection, '"region": "eu-west-3"', '"region": "us-east-1"');
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'D',
    title: 'server logs without the current file of the audit',
    change({ collection }) {
      rewriteBoot(collection, '"file_path": "/var/log/audit/audit.log"', '"file_path": "/var/log/audit/audit.log.1"');
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'D',
    title: 'servers that end without being drained',
    change({ collection }) {
      rewriteBoot(collection, 'DRAIN_SECONDS=3600', 'DRAIN_SECONDS=0');
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'D',
    title: 'a failed boot that puts its server into service',
    change({ collection }) {
      rewriteBoot(collection, 'answer "$LAUNCH_HOOK" ABANDON', 'answer "$LAUNCH_HOOK" CONTINUE');
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'D',
    title: 'a collector that keeps hits on the system disk',
    change({ collection }) {
      rewriteBoot(collection, 'SPOOL_FOLDER=/var/spool/collector\nSPOOL_LIMIT_BYTES', 'SPOOL_FOLDER=/var/lib/collector\nSPOOL_LIMIT_BYTES');
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'D',
    title: 'servers that publish the state of their arrays in another namespace',
    change({ collection }) {
      rewriteBoot(collection, '\nNAMESPACE=Rempart/production', '\nNAMESPACE=Rempart/servers');
    },
  },
  {
    clause: 'TOM-4.13',
    kind: 'D',
    title: 'collectors that read the settings of sites from another bucket',
    change({ collection }) {
      const parts = bootParts(collection);
      const index = parts.findIndex((part) => typeof part === 'string' && part.endsWith('SITES_SOURCE=s3://'));
      if (index < 0) throw new Error('boot script: expected SITES_SOURCE, got none');
      parts[index + 1] = 'company-shared-settings';
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'A',
    title: 'a boot script with a last part that a parameter decides',
    change({ collection }) {
      section(collection, 'Parameters').ExtraBoot = { Type: 'String', Default: '' };
      bootParts(collection).push(ref('ExtraBoot'));
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'D',
    title: 'a boot script in several parts, the first of which runs at every boot',
    change({ collection }) {
      const head = 'Content-Type: multipart/mixed; boundary="=="\nMIME-Version: 1.0\n\n--==\nContent-Type: text/cloud-boothook\n\n';
      const hook = '#!/bin/bash\nsetenforce 0\n\n--==\nContent-Type: text/x-shellscript\n\n';
      const parts = bootParts(collection);
      parts.unshift(`${head}${hook}`);
      parts.push('\n--==--\n');
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'B',
    title: 'a replacement of servers that reads a metric of delays',
    change({ collection }) {
      put(functionNamed(collection, 'server-replacement').properties, 'Environment/Variables/METRIC', 'SpoolAge');
    },
  },
  {
    clause: 'TOM-3.1',
    kind: 'A',
    title: 'servers with a key pair that a parameter names',
    change({ collection }) {
      section(collection, 'Parameters').KeyName = { Type: 'AWS::EC2::KeyPair::KeyName', Default: 'operations' };
      put(resourceOfType(collection, 'AWS::EC2::LaunchTemplate').properties, 'LaunchTemplateData/KeyName', ref('KeyName'));
    },
  },
];
