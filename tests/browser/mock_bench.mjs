// A bench with two instruments, two interlocks, a lease and two services, in the words of the contract.

const kChannel = { unit: '', value: null, state: 'ok', why: '', at: '2026-11-21T20:19:54.621220Z', age_s: 1, low: null, high: null, settable: null };

export class MockBench {
  constructor() {
    this.watched = true;
    this.trouble = '';
    this.channels = [
      { ...kChannel, name: 'top_plate', instrument: 'plates', quantity: 'temperature', unit: 'K', value: 262.4, low: 4, high: 400 },
      { ...kChannel, name: 'bottom_plate', instrument: 'plates', quantity: 'temperature', unit: 'K', state: 'failed', why: 'no answer within 300 ms', age_s: 12 },
      { ...kChannel, name: 'heater_1', instrument: 'supply', quantity: 'output 1', value: 0, settable: { switch: true, low: 0, high: 1 } },
      { ...kChannel, name: 'bias', instrument: 'supply', quantity: 'voltage_setpoint 3', unit: 'V', value: 2.5, settable: { switch: false, low: 0, high: 5 } },
    ];
    this.interlocks = [
      { name: 'heating', action: 'set', phase: 'clear', text: '', trips: 0, overridden: null },
      { name: 'door', action: 'warn', phase: 'clear', text: '', trips: 1, overridden: null },
    ];
    this.machines = [{ name: 'm1', kind: 'module_power', group: 'stave', state: 'HV_ON', why: '', since_s: 60 }];
    this.groups = [{ name: 'stave', state: 'HV_ON' }];
    this.leases = [{ instrument: 'supply', who: 'otto (uid 1001)', purpose: 'bias scan', use: 'orders', left_s: 540 }];
    this.services = [
      { name: 'daq:camera', phase: 'RUNNING', wanted: true, pid: 4711, since_s: 93784, restarted: 1, why: 'ended by signal 9 (KILL)' },
      { name: 'daq:archive', phase: 'BACKOFF', wanted: true, pid: 0, since_s: 4, restarted: 3, why: 'exit status 2' },
    ];
  }

  state() {
    const { watched, trouble, channels, interlocks, machines, groups, leases, services } = this;
    return { watched, trouble, channels, interlocks, machines, groups, leases, supervised: true, services };
  }

  set({ channel, value }) {
    const found = this.channels.find((one) => one.name === channel);
    if (!found?.settable) return { accepted: false, text: `${channel} can only be read` };
    if (this.interlocks[0].phase !== 'clear' && value === 'on') return { accepted: false, text: `not set: interlock heating holds ${channel} at off` };
    const number = found.settable.switch ? Number(value === 'on') : Number(/^([\d.]+) V$/.exec(value)?.[1] ?? NaN);
    if (!(number <= found.settable.high)) return { accepted: false, text: `${channel} can be set from 0 to ${found.settable.high} ${found.unit}` };
    found.value = number;
    return { accepted: true, text: `${channel} reads back ${value}` };
  }

  tell({ verb, name, reason, length_s }, who) {
    const found = this.interlocks.find((one) => one.name === name);
    if (!found) return { accepted: false, text: `there is no interlock ${name}` };
    if (verb === 'override') found.overridden = { who, reason, left_s: length_s };
    if (verb === 'clear') found.overridden = null;
    if (verb === 'reset') found.phase = 'clear';
    return { accepted: true, text: `interlock ${name} ${verb}` };
  }
}
