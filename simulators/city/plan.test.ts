import { describe, expect, it } from 'vitest';
import { registryPutSchema } from '../../devices/contract/command.ts';
import { whomToCall } from '../../devices/registry/reach.ts';
import { distance } from '../../kit/metres.ts';
import { Problem } from '../../kit/problem.ts';
import { demoPlan } from './plan.ts';
import { testCity } from './test-city.ts';

const plan = demoPlan(testCity, { today: '2026-06-01' });
const ofType = (type: string) => plan.put.devices.filter((device) => device.type === type);

describe('the plan of a simulated city', () => {
  it('is the same for the same seed and another for another', () => {
    expect(demoPlan(testCity, { today: '2026-06-01' })).toEqual(plan);
    expect(demoPlan(testCity, { today: '2026-06-01', seed: 8 }).put).not.toEqual(plan.put);
  });

  it('holds only records the registry accepts, with ids that are unique, all marked as a demonstration', () => {
    expect(registryPutSchema.safeParse(plan.put).error).toBeUndefined();
    const records = [...plan.put.devices, ...plan.put.sites, ...plan.put.gateways];
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    expect(records.every(({ demo }) => demo)).toBe(true);
    expect(plan.put.credentials).toEqual([]);
  });

  it('says of made-up houses and people that they are made up', () => {
    const restaurants = plan.put.sites.filter(({ kind }) => kind === 'restaurant');
    expect(restaurants).toHaveLength(40);
    for (const { name, nameEn, contact } of restaurants) {
      expect(name).toContain('虚构');
      expect(nameEn).toContain('invented');
      expect(contact).toContain('invented');
    }
  });

  it('knows whom to call about each site at any hour, and nobody of them can be called', () => {
    const contacts = plan.put.contacts ?? [];
    for (const { id } of plan.put.sites) {
      const ofSite = contacts.filter(({ site }) => site === id);
      expect(ofSite.map(({ role }) => role)).toEqual(['owner', 'door-opener', 'property']);
      const [night] = whomToCall(ofSite, { weekday: 7, minuteOfDay: 180 });
      expect(night).toMatchObject({ now: true, contact: { role: 'door-opener' } });
    }
    expect(contacts.every(({ name, phone, demo }) => name.includes('虚构') && phone.startsWith('0000-') && demo)).toBe(
      true,
    );
  });

  it('stands every device within its own area', () => {
    for (const device of plan.put.devices) {
      const centre = device.area === 'north' ? { lon: 110.006, lat: 27.003 } : { lon: 110.006, lat: 26.98 };
      expect(distance(centre, device), device.id).toBeLessThan(1500);
    }
  });

  it('joins lamps along a street into circuits of at most ten neighbours', () => {
    const circuits = Object.groupBy(ofType('smart-pole'), ({ circuit }) => circuit ?? 'none');
    expect(circuits.none).toBeUndefined();
    for (const lamps of Object.values(circuits)) {
      expect(lamps!.length).toBeLessThanOrEqual(10);
      for (let i = 1; i < lamps!.length; i++) expect(distance(lamps![i - 1]!, lamps![i]!)).toBeLessThan(40);
    }
  });

  it('hangs every camera on a pole of its own', () => {
    const poles = new Map(ofType('smart-pole').map((pole) => [pole.id, pole]));
    const taken = ofType('pole-camera').map(({ mountedOn }) => mountedOn);
    expect(new Set(taken).size).toBe(8);
    for (const camera of ofType('pole-camera')) {
      expect(distance(camera, poles.get(camera.mountedOn!)!)).toBe(0);
    }
  });

  it('declares gas, unit, dates of life and station constants', () => {
    for (const alarm of ofType('gas-alarm-commercial')) {
      expect(alarm).toMatchObject({ gas: 'natural', gasUnit: '%{LEL}', site: expect.stringContaining('restaurant') });
      expect(alarm.expires! > alarm.installed!).toBe(true);
    }
    const expired = ofType('gas-alarm-commercial').filter(({ expires }) => expires! < '2026-06-01');
    expect(expired.length).toBe(1);
    for (const rtu of ofType('gas-rtu'))
      expect(Object.keys(rtu.constants)).toEqual(expect.arrayContaining(['Ps', 'MOP', 'Qmax']));
  });

  it('sends stations over OPC UA, field devices through the gateway of their area, and the rest by themselves', () => {
    expect(plan.routes['rtu-0001']).toEqual({ by: 'opcua', gateway: 'gw-stations' });
    expect(plan.routes['alarm-0001']).toEqual({ by: 'mqtt' });
    for (const bin of ofType('waste-bin')) {
      expect(plan.routes[bin.id]).toEqual({ by: 'field', gateway: bin.area === 'north' ? 'gw-north' : 'gw-south' });
      expect(bin.gateway).toBe(bin.area === 'north' ? 'gw-north' : 'gw-south');
    }
  });

  it('keeps every kind of device when the city is made small, and about the asked number when large', () => {
    const small = demoPlan(testCity, { devices: 40 });
    expect(new Set(small.put.devices.map(({ type }) => type)).size).toBe(24);
    expect(demoPlan(testCity, { devices: 1000 }).put.devices.length).toBeGreaterThan(950);
  });

  it('refuses a city without a demonstration', () => {
    expect(() => demoPlan({ ...testCity, demo: null })).toThrow(Problem);
  });

  it('lays pipes under streets, with valves on them, works beside them, and pits that name them', () => {
    const { pipes, valves, permits, devices } = demoPlan(testCity, { today: '2026-06-10' }).put;
    expect(pipes).toMatchObject([{ id: 'main', circuit: 'main', area: 'north', demo: true }]);
    expect(valves).toMatchObject([{ id: 'stop', pipe: 'main', demo: true }]);
    expect(distance(valves![0]!, { lon: 110, lat: 27 })).toBeCloseTo(100, -1);
    expect(permits).toMatchObject([
      { reference: 'X-1', from: '2026-06-09T00:00:00.000Z', to: '2026-06-12T00:00:00.000Z', radiusM: 80 },
    ]);
    const pits = devices.filter(({ type, circuit }) => type === 'underground-gas' && circuit === 'main');
    expect(pits.length).toBeGreaterThan(0);
  });
});
