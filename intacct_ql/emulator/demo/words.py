"""The words that names, addresses and descriptions are made of.

In: nothing. Out: tuples of words. Refuses to know: who bears which name.
"""

FIRST_NAMES = (
    "Ada", "Bruno", "Chiara", "Desmond", "Elif", "Farah", "Gideon", "Hana", "Ingrid", "Jorge", "Kwame", "Lucía",
    "Malik", "Nadia", "Otis", "Priya", "Quentin", "Renée", "Søren", "Tamsin", "Ursula", "Viktor", "Wanda", "Xavier",
    "Yusuf", "Zofia", "Anselm", "Beatrix", "Cormac", "Delphine", "Emeka", "Freya",
)  # fmt: skip

LAST_NAMES = (
    "Abernathy", "Boateng", "Castellanos", "D'Amico", "Eklund", "Fairweather", "Grünwald", "Hollis", "Ivanova",
    "Jankowski", "Kettering", "Lindqvist", "Marchetti", "Nakagawa", "O'Rourke", "Pemberton", "Quiñones", "Rasmussen",
    "Sandoval", "Thistlewood", "Underhill", "Vasquez", "Whitlock", "Xu", "Yardley", "Zimmer", "Ashdown", "Brightwell",
    "Crowther", "Dunmore", "Ellsworth",
)  # fmt: skip

COMPANY_FIRST = (
    "Amber", "Birch", "Copper", "Drift", "Ember", "Falcon", "Granite", "Harbor", "Ivory", "Juniper", "Keystone",
    "Lantern", "Meadow", "North", "Orchard", "Prairie", "Quarry", "River", "Summit", "Timber",
)  # fmt: skip

COMPANY_SECOND = (
    "Analytics", "Bakeries", "Botanicals", "Ceramics", "Clinics", "Cycles", "Dairy", "Electric", "Fabrics", "Foods",
    "Furniture", "Instruments", "Laboratories", "Logistics", "Marine", "Outfitters", "Press", "Roofing", "Studios",
    "Tools",
)  # fmt: skip

COMPANY_LAST = ("Inc.", "LLC", "Group", "Partners", "& Sons", "Cooperative", "Company", "Works")

STREETS = (
    "Alder Street", "Bridge Road", "Canal Walk", "Dover Lane", "Elm Court", "Foundry Way", "Garden Avenue",
    "Hill Crest", "Iron Gate", "Jasmine Drive", "King's Parade", "Lock Quay", "Mill Pond Road", "Nursery Close",
)  # fmt: skip

PLACES = (
    ("Portland", "OR", "97205", "United States", "US"),
    ("Burlington", "VT", "05401", "United States", "US"),
    ("Austin", "TX", "78702", "United States", "US"),
    ("Duluth", "MN", "55802", "United States", "US"),
    ("Santa Fe", "NM", "87501", "United States", "US"),
    ("Savannah", "GA", "31401", "United States", "US"),
    ("Boise", "ID", "83702", "United States", "US"),
    ("New Haven", "CT", "06510", "United States", "US"),
    ("Leeds", None, "LS1 4AP", "United Kingdom", "GB"),
    ("München", "BY", "80331", "Germany", "DE"),
    ("Montréal", "QC", "H2Y 1C6", "Canada", "CA"),
)

GOODS = (
    "Annual Subscription", "Bench Vise", "Consulting Day", "Copper Elbow 3/4\"", "Data Migration", "Desk Lamp <LED>",
    "Drill Bit Set", "Extended Warranty", "Field Inspection", "Filter Cartridge", "Freight & Handling", "Garden Hose",
    "Glue, \"Extra Strong\"", "Hand Truck", "Installation", "Inventory Count", "Joint Compound", "Kettle 1,5 l",
    "Label Printer", "Ladder 10'", "Licence Pack 100%", "Maintenance Visit", "Measuring Tape", "Notebook A4",
    "On-site Training", "Paint \\ Primer", "Pallet Rental", "Quick Coupling", "Remote Support", "Safety Goggles",
    "Server Rack 42U", "Shelving Unit", "Spare Parts Kit", "Steel Bracket", "Tarpaulin", "Tool Chest", "Utility Cart",
    "Valve, Brass", "Workbench", "X-Cut Shredder",
)  # fmt: skip

PROJECTS = (
    "Warehouse Move", "Website Relaunch", "Kiosk Pilot", "Depot Roof", "ERP Go-live", "Loyalty Programme",
    "Solar Canopy", "Audit 2025", "Fleet Renewal", "Showroom \"Nord\"", "Brand & Voice", "Cold Chain", "Data Lake",
    "Night Shift Trial", "Packaging <v2>", "Harbour Crane", "Training Academy", "Café Fit-out", "Returns Portal",
    "Lab Extension",
)  # fmt: skip
