"""Words that invented people are made of. `#` in a postcode stands for a digit."""

from __future__ import annotations

FIRST_NAMES = (  # noqa: SIM905 - as a list it would be one word a line
    "Aaliyah Abigail Adam Aisha Alejandro Alice Amara Amelia Andre Anika Anthony Ava Beatrice "
    "Benjamin Bridget Caleb Camila Carlos Charlotte Chloe Claire Connor Daniel David Diego Dylan "
    "Elena Elijah Emily Emma Ethan Eva Faith Felix Fiona Gabriel Georgia Grace Hannah Harper "
    "Henry Hugo Imogen Isaac Isabella Jack Jasmine Jin Jonas Joseph Julia Kai Karim Keira Laila "
    "Leo Liam Lily Logan Lucas Lucy Madison Malik Marcus Maria Mateo Maya Mei Michael Mila Nadia "
    "Naomi Nathan Niamh Noah Nora Oliver Olivia Omar Oscar Patrick Penelope Priya Rachel Rebecca "
    "Riley Rohan Rosa Ruby Samuel Sarah Sebastian Siobhan Sofia Stella Tariq Theo Thomas Tomas "
    "Valentina Victor Violet William Xavier Yara Yusuf Zachary Zoe"
).split()

LAST_NAMES = (  # noqa: SIM905 - as a list it would be one word a line
    "Adams Ahmed Allen Anderson Bailey Baker Barnes Bell Bennett Brooks Brown Butler Campbell "
    "Carter Chen Clark Collins Cook Cooper Cox Cruz Davies Davis Diaz Edwards Evans Fisher Foster "
    "Garcia Gomez Gray Green Hall Harris Hill Howard Hughes Hussain Jackson James Jenkins Johnson "
    "Jones Kaur Kelly Khan Kim King Lee Lewis Lopez Martin Mason Mills Mitchell Moore Morgan "
    "Morris Murphy Murray Nelson Nguyen O'Brien O'Neill Okafor Ortiz Palmer Parker Patel Perez "
    "Phillips Powell Price Reed Reyes Richards Rivera Roberts Robinson Rogers Ross Russell "
    "Sanchez Scott Shaw Singh Smith Stewart Sullivan Taylor Thomas Thompson Torres Turner Walker "
    "Ward Watson White Williams Wilson Wood Wright Young"
).split()

STREETS = (  # noqa: SIM905 - as a list it would be one word a line
    "Acacia Alder Ash Bay Beech Bridge Canal Castle Cedar Chapel Cherry Church Clifton Coronation "
    "Derwent Elm Fern Garden Grange Grove Harbour Hawthorn Hazel Highfield Hill Juniper Lake "
    "Laurel Lime Manor Maple Meadow Mill Oak Orchard Park Pine Poplar Quarry Queen Richmond River "
    "Rose Rowan School Spring Station Sycamore Victoria Vine Walnut Willow Windsor York"
).split()

STREET_KINDS = ("Street", "Road", "Avenue", "Lane", "Drive", "Close", "Court", "Way")

TRADES = (  # noqa: SIM905 - as a list it would be one word a line
    "Accounting Architects Bakery Brokers Builders Catering Consulting Dental Design Electrical "
    "Engineering Finance Fitness Flooring Freight Gardens Glass Homes Insurance Interiors Joinery "
    "Law Logistics Media Mortgages Motors Opticians Plumbing Printing Property Realty Roofing "
    "Software Solar Studio Surveyors Travel Veterinary Wealth"
).split()

TAGS = ("broker", "customer", "lead", "newsletter", "partner", "referral", "renewal due", "vip")

SOURCES = ("referral", "website", "trade show", "phone", "social media")

Place = tuple[str, str | None, str | None]
"""City, state (as the country writes it), postcode."""

PLACES: dict[str, tuple[Place, ...]] = {
    "AU": (
        ("Sydney", "NSW", "20##"),
        ("Newcastle", "NSW", "230#"),
        ("Melbourne", "VIC", "30##"),
        ("Geelong", "VIC", "322#"),
        ("Brisbane", "QLD", "40##"),
        ("Perth", "WA", "60##"),
        ("Adelaide", "SA", "50##"),
        ("Hobart", "TAS", "700#"),
    ),
    "CA": (
        ("Toronto", "ON", "M5V #K#"),
        ("Ottawa", "ON", "K1P #J#"),
        ("Montreal", "QC", "H2X #B#"),
        ("Vancouver", "BC", "V6B #H#"),
        ("Calgary", "AB", "T2P #M#"),
        ("Halifax", "NS", "B3H #A#"),
    ),
    "GB": (
        ("London", "Greater London", "SE1 #AB"),
        ("Manchester", "Greater Manchester", "M4 #DE"),
        ("Leeds", "West Yorkshire", "LS6 #EH"),
        ("Bristol", "Avon", "BS8 #HJ"),
        ("Norwich", "Norfolk", "NR2 #JL"),
        ("Cardiff", "South Glamorgan", "CF10 #LN"),
        ("Glasgow", "Lanarkshire", "G12 #NP"),
        ("Belfast", "County Antrim", "BT7 #PQ"),
    ),
    "NZ": (
        ("Auckland", "Auckland", "10##"),
        ("Wellington", "Wellington", "60##"),
        ("Christchurch", "Canterbury", "80##"),
        ("Dunedin", "Otago", "90##"),
    ),
    "US": (
        ("New York", "NY", "100##"),
        ("Los Angeles", "CA", "900##"),
        ("Chicago", "IL", "606##"),
        ("Houston", "TX", "770##"),
        ("Phoenix", "AZ", "850##"),
        ("Portland", "OR", "972##"),
        ("Denver", "CO", "802##"),
        ("Boston", "MA", "021##"),
        ("Atlanta", "GA", "303##"),
        ("Boise", "ID", "837##"),
    ),
}

ANYWHERE: tuple[Place, ...] = (("Milltown", None, None), ("Northbridge", None, None))
