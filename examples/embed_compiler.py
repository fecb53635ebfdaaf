"""Use the compiler alone: text in, Intacct XML out. No network, no credentials, no extra."""

import intacct_ql as iql

text = "select CUSTOMERID, NAME from CUSTOMER where STATUS = :status and TOTALDUE >= :due"

compiled = iql.compile(text, {"status": "active", "due": "1000.00"}, page_size=100)
print(compiled.xml)

for finding in iql.check("select CUSTOMERID, NAM from CUSTOMER where STATUS = actve"):
    print(finding.code, finding.reason, [fix.text for fix in finding.fixes])

print(iql.format("Select Name from CUSTOMER Where [Status = active] and[Totaldue > 0, Creditlimit is null];"))
