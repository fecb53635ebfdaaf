"use strict";
// @intacct/intacct-sdk. It accepts endpoints under intacct.com alone: so it is let believe that it talks to one, and
// what it sends there is carried to the gateway of the run.

const assert = require("node:assert");
const http = require("node:http");
const https = require("node:https");
const readline = require("node:readline");

const gateway = new URL(process.env.INTEROP_URL);
const plain = http.request;
http.request = https.request = ({ method, path, headers }, answered) => {
  const { hostname, port } = gateway;
  return plain({ hostname, port, method, path, headers: { ...headers, Host: "api.intacct.com" } }, answered);
};

const sdk = require("@intacct/intacct-sdk");
const { ClientConfig, Functions, OfflineClient, OnlineClient, RequestConfig, SessionProvider } = sdk;
const { Inspect, Lookup, Read, ReadByName, ReadByQuery, ReadMore } = Functions.Common;
const { Query } = Functions.Common.NewQuery;
const { AndOperator, Filter } = Functions.Common.NewQuery.QueryFilter;
const { OrderBuilder } = Functions.Common.NewQuery.QueryOrderBy;
const { SelectBuilder } = Functions.Common.NewQuery.QuerySelect;

const FIELDS = ["RECORDNO", "CUSTOMERID", "NAME"];
const rows = [];
let config = Object.assign(new ClientConfig(), {
  senderId: "demo", senderPassword: "demo", companyId: "demo", userId: "demo", userPassword: "demo",
});

const execute = async (call) => (await new OnlineClient(config).execute(call)).getResult();
const made = (kind, settings) => Object.assign(new kind(), settings);
const customers = (kind, settings) => execute(made(kind, { objectName: "CUSTOMER", fields: FIELDS, ...settings }));
const query = (filter) =>
  new Query()
    .assignSelectFields(new SelectBuilder().addFields(["NAME", "STATUS"]).selects)
    .assignFromObject("CUSTOMER")
    .assignFilter(filter)
    .assignOrderBy(new OrderBuilder().addDescending("NAME").orders)
    .assignPageSize(30)
    .assignOffset(0);

const steps = {
  "sign in": async () => {
    config = await SessionProvider.factory(config);
    assert.ok(config.sessionId);
    assert.ok(config.sessionTimeout);
  },
  lookup: async () => {
    const [type] = (await execute(made(Lookup, { objectName: "CUSTOMER" }))).data;
    assert.ok(type.Fields.Field.some((field) => field.ID === "CUSTOMERID"));
  },
  inspect: async () => {
    const [type] = (await execute(made(Inspect, { objectName: "CUSTOMER" }))).data;
    assert.ok(type.Fields.Field.includes("CUSTOMERID"));
  },
  "page to the end": async () => {
    let page = await customers(ReadByQuery, { pageSize: 25 });
    const total = page.totalCount;
    for (rows.push(...page.data); page.numRemaining > 0; rows.push(...page.data)) {
      page = await execute(made(ReadMore, { resultId: page.resultId }));
    }
    assert.equal(new Set(rows.map((row) => row.RECORDNO)).size, total);
    assert.ok(total > 50);
  },
  readByQuery: async () => {
    const { data } = await customers(ReadByQuery, { query: `CUSTOMERID = '${rows[0].CUSTOMERID}'` });
    assert.deepEqual(data, [rows[0]]);
  },
  read: async () => {
    const { data } = await customers(Read, { keys: [rows[0].RECORDNO] });
    assert.deepEqual(data, [rows[0]]);
  },
  readByName: async () => {
    const { data } = await customers(ReadByName, { names: [rows[0].CUSTOMERID] });
    assert.deepEqual(data, [rows[0]]);
  },
  query: async () => {
    const { data } = await execute(query(new Filter("STATUS").equalTo("active")));
    const names = data.map((row) => row.NAME);
    assert.deepEqual(names, [...names].sort().reverse());
    assert.ok(data.every((row) => row.STATUS === "active"));
  },
  "query, and/or": async () => {
    const one = new Filter("CUSTOMERID").equalTo(rows[0].CUSTOMERID);
    const { data } = await execute(query(new AndOperator([one, new Filter("RECORDNO").isNotNull()])));
    assert.deepEqual(data.map((row) => row.NAME), [rows[0].NAME]);
  },
  policyid: async () => {
    const asked = made(RequestConfig, { policyId: "demo", controlId: "later" });
    const lookup = made(Lookup, { objectName: "CUSTOMER" });
    const { status, control } = await new OfflineClient(config).execute(lookup, asked);
    assert.deepEqual([status, control.controlId], ["success", "later"]);
  },
  create: async () => {
    const customer = { customerId: "INTEROP", customerName: "Made & read", active: true };
    await execute(made(Functions.AccountsReceivable.CustomerCreate, customer));
    const { data } = await customers(ReadByName, { names: ["INTEROP"] });
    assert.equal(data[0].NAME, "Made & read");
  },
};

const outcome = async (step) => {
  try {
    await step();
    return "ok";
  } catch (error) {
    return `failed: ${error.message} ${error.errors || ""}`.replace(/\s+/g, " ");
  }
};

(async () => {
  for await (const name of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(steps[name] ? await outcome(steps[name]) : "not offered"));
  }
})();
